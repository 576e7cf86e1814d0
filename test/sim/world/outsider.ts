// A backend that seats players without the matcher: it asks the fleet for battles of its own and has the matcher fill them up, and
// brings friends into battles that it sees. Its players come to the door as all others do.
import { MusterError, writeAttributes } from "@muster/proto";
import { FleetServiceDefinition, PlacementState } from "@muster/proto/fleet";
import { BackfillServiceDefinition } from "@muster/proto/matchmaking";
import { BackfillStrategy, type BattleSession, CreationPolicy } from "@muster/proto/session";
import { createChance } from "../engine/chance.ts";
import type { Lives } from "../engine/life.ts";
import { overhear } from "../engine/overheard-network.ts";
import { playBattle } from "./client.ts";
import { OUTSIDER_QUEUE } from "./configurations.ts";
import type { Eyes } from "./eyes.ts";
import type { Knobs } from "./knobs.ts";
import { PLAIN } from "./rule-sets.ts";
import type { ServerPark } from "./server-park.ts";
import { TRAITLESS, traitsOf } from "./traits.ts";

export interface Outsider {
  /** Players of its own who play. */
  readonly busy: number;
  /** It brings nobody any more. */
  close(): void;
}

export type OutsiderParts = {
  readonly seed: number;
  readonly lives: Lives;
  readonly knobs: Knobs;
  readonly park: ServerPark;
  readonly eyes: Eyes;
};

const NODE = "outsider";
const RETRY_MS = 400;
const PATIENCE_MS = 3_000;
/** Failures after which the same request may well succeed, or has. */
const TRY_AGAIN: ReadonlySet<string> = new Set(["UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL", "CANCELLED"]);

/** Acts for as long as the world lasts, if it has such a one. */
export function startOutsider({ seed, lives, knobs, park, eyes }: OutsiderParts): Outsider {
  const life = lives.start(NODE);
  const { clock } = life;
  const chance = createChance(seed, NODE);
  const network = overhear(life.network, { caller: NODE, see: eyes.see, nextCallId: eyes.nextCallId });
  const fleet = network.connect("fleet").client(FleetServiceDefinition);
  const backfill = network.connect("matcher").client(BackfillServiceDefinition);
  const isPlain = Object.values(knobs.flavours).every((pair) => pair.every((flavour) => flavour === PLAIN));
  let busy = 0;
  let closed = false;
  let guests = 0;
  let requests = 0;

  const nextGuest = () => {
    guests += 1;
    return `guest${guests}`;
  };
  const nextRequestId = () => {
    requests += 1;
    return `${NODE}.${requests}`;
  };
  /** The same request until there is an answer to it. */
  const patiently = async <Value>(ask: () => Promise<Value>): Promise<Value> => {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof MusterError) || !TRY_AGAIN.has(error.code)) throw error;
        await clock.sleep(RETRY_MS);
      }
    }
  };
  const seatIn = (team: string) => {
    const playerId = nextGuest();
    const { attributes, latenciesMs } = isPlain ? TRAITLESS : traitsOf(seed, playerId);
    // The fleet is told little of some: what rules are to know of them comes with the backfill's request.
    const isKnown = chance.happens(0.5);
    const seat = {
      playerId,
      team,
      ticketId: "",
      attributes: isKnown ? writeAttributes(attributes) : {},
      latenciesMs: {},
    };
    return { seat, known: { playerId, attributes: writeAttributes(attributes), latenciesMs: { ...latenciesMs } } };
  };
  const play = async (session: BattleSession, playerIds: ReadonlySet<string>) => {
    const mine = session.playerSessions.filter(({ playerId }) => playerIds.has(playerId));
    const { host = "", ports = {} } = session.address ?? {};
    busy += mine.length;
    const battles = mine.map(({ playerSessionId }) =>
      playBattle({ host, ports }, playerSessionId, { life, chance, knobs, park }).finally(() => {
        busy -= 1;
      }),
    );
    await Promise.all(battles);
  };

  /** A battle that no matcher asked for; filled up by one of the matcher's configurations. */
  const hostBattle = async () => {
    const capacity = knobs.teamSize;
    const teams = ["red", "blue"].map((name) => ({ name, template: name, capacity }));
    const players = ["red", "blue"].map(seatIn);
    const requestId = nextRequestId();
    const request = {
      ...{ placementId: `${requestId}.1`, queue: OUTSIDER_QUEUE, owner: NODE, capacity: 2 * capacity, teams },
      ...{ players: players.map(({ seat }) => seat), properties: chance.happens(0.5) ? { backfill: "manual" } : {} },
      ...{ data: "", matchId: "", configuration: "", matcherEndpoint: "", capabilityKey: new Uint8Array(0) },
      ...{ timeoutMs: 0, regions: [], backfill: undefined, name: "" },
    };
    let { placement } = await patiently(() => fleet.startPlacement(request));
    while (placement?.state === PlacementState.PENDING) {
      await clock.sleep(RETRY_MS);
      ({ placement } = await patiently(() => fleet.describePlacement({ placementId: request.placementId })));
    }
    const session = placement?.session;
    if (!session) return;
    const evening = play(session, new Set(players.map(({ seat }) => seat.playerId)));
    const ask = (configuration: string) => {
      const asked = {
        ...{ battleSessionId: session.battleSessionId, strategy: BackfillStrategy.MAX_POSSIBLE, addPlayers: {} },
        ...{ replace: chance.happens(0.2), requestId: nextRequestId(), capability: "", seenRevision: 0, configuration },
        players: { players: players.map(({ known }) => known) },
      };
      return patiently(() => backfill.startBackfill(asked, { signal: patience() }));
    };
    const configuration = chance.pick(["auto", "manual"]);
    // Impatient ones ask twice at once.
    const asks = chance.happens(0.4)
      ? [ask(configuration), ask(chance.pick(["auto", "manual"]))]
      : [ask(configuration)];
    await Promise.all([evening, ...asks.map(ignoreRefusal)]);
  };
  /** Friends for a battle that is seen: right away, on the roster that was shown. */
  const bringFriends = async () => {
    const { sessions } = await fleet.describeServerSessions({ battleSessionIds: [], includeEnded: false });
    const open = sessions.filter(({ creationPolicy, playerSessions, capacity }) => {
      return creationPolicy !== CreationPolicy.DENY_ALL && playerSessions.length < capacity;
    });
    if (open.length === 0) return;
    const session = chance.pick(open);
    const room = session.teams.filter(({ name, capacity }) => {
      return session.playerSessions.filter((seat) => seat.team === name).length < capacity;
    });
    if (room.length === 0) return;
    const { seat } = seatIn(chance.pick(room).name);
    const request = {
      ...{ requestId: nextRequestId(), battleSessionId: session.battleSessionId, players: [seat] },
      // Where a matcher has the session the roster must be said, and some do not know it.
      expectedRosterVersion: chance.happens(0.9) ? session.rosterVersion : 0,
    };
    const { session: after } = await patiently(() => fleet.createPlayerSessions(request));
    if (after) await play(after, new Set([seat.playerId]));
  };
  const patience = () => {
    const stop = new AbortController();
    clock.sleep(PATIENCE_MS).then(() => stop.abort(), eyes.fail);
    return stop.signal;
  };
  const ignoreRefusal = async (work: Promise<unknown>) => {
    try {
      await work;
    } catch (error) {
      if (!(error instanceof MusterError)) eyes.fail(error);
    }
  };
  const run = async () => {
    while (!closed) {
      await clock.sleep(chance.wait(knobs.outsiderMs));
      if (!closed) void ignoreRefusal(chance.happens(0.4) ? hostBattle() : bringFriends());
    }
  };
  if (Number.isFinite(knobs.outsiderMs)) run().catch(eyes.fail);
  return {
    get busy() {
      return busy;
    },
    close() {
      closed = true;
    },
  };
}
