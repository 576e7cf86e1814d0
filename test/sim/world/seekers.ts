// Players who are matched by queries, in worlds that have such: several tickets of a player at a time, parties, sizes and properties that now
// and then suit nobody. They form groups only, so that their matches take no server from the others.
import { MusterError } from "@muster/proto";
import { MatchmakingServiceDefinition, noProperties } from "@muster/proto/matchmaking";
import { createChance } from "../engine/chance.ts";
import type { Lives } from "../engine/life.ts";
import { overhear } from "../engine/overheard-network.ts";
import { SEEKING } from "./configurations.ts";
import type { Eyes } from "./eyes.ts";
import type { Knobs } from "./knobs.ts";

export interface Seekers {
  /** They start nothing any more. */
  close(): void;
}

const NODE = "seekers";
const PLAYERS = 10;
const QUERIES = [
  ...["*", "*", "+properties.region:eu", "properties.region:us", "+properties.rank:<=6", "-properties.region:us"],
  ...["+properties.region:eu +properties.rank:>=3", "properties.rank:>=5^2 properties.region:eu"],
];

/** Acts until it is closed, if the world has such. */
export function startSeekers(parts: {
  readonly seed: number;
  readonly lives: Lives;
  readonly knobs: Knobs;
  readonly eyes: Eyes;
}): Seekers {
  const { seed, lives, knobs, eyes } = parts;
  let closed = false;
  const handle = {
    close() {
      closed = true;
    },
  };
  if (!knobs.hasSeekers) return handle;
  const { network, clock } = lives.start(NODE);
  const chance = createChance(seed, NODE);
  const heard = overhear(network, { caller: NODE, see: eyes.see, nextCallId: eyes.nextCallId });
  const matching = heard.connect("matcher").client(MatchmakingServiceDefinition);
  let started = 0;

  const draw = () => {
    started += 1;
    const countMultiple = chance.happens(0.2) ? 2 : 1;
    const minCount = (countMultiple === 2 ? 1 + chance.below(2) : 2 + chance.below(2)) * countMultiple;
    const first = chance.below(PLAYERS);
    const size = chance.happens(0.7) ? 1 : 2;
    const players = Array.from({ length: size }, (_, index) => `seeker${(first + index) % PLAYERS}`);
    return {
      ...{ ...noProperties, configuration: chance.pick(SEEKING), ticketId: `seek${started}` },
      players: players.map((playerId) => ({ playerId, attributes: {}, latenciesMs: {}, team: "" })),
      ...{ query: chance.pick(QUERIES), minCount, maxCount: minCount + countMultiple * chance.below(3), countMultiple },
      stringProperties: { region: chance.happens(0.7) ? "eu" : "us" },
      numericProperties: { rank: chance.below(10) },
    };
  };
  const act = async () => {
    const request = draw();
    await matching.startMatching(request);
    if (chance.happens(0.1)) await matching.startMatching(request); // A repeat, which changes nothing.
    if (chance.happens(0.15)) await matching.cancelMatching({ ticketId: request.ticketId });
    if (chance.happens(0.1)) await matching.explainTicket({ ticketId: request.ticketId });
  };
  const live = async () => {
    while (!closed) {
      await clock.sleep(chance.wait(knobs.restMs / 4));
      if (closed) return;
      await act().catch((error: unknown) => {
        if (!(error instanceof MusterError)) throw error; // Refused, or nobody was there to answer.
      });
    }
  };
  live().catch(eyes.fail);
  return handle;
}
