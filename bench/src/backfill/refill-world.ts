// Battles on a real server, each in a lane of its own in which a few wait who fit no other battle and are too few for one of their
// own: a freed seat always finds somebody, and nothing else does.

import { connectFleet, connectMatcher, findFreePort, type MatcherConnection } from "@muster/cli";
import { systemRandom } from "@muster/kit";
import { newId } from "@muster/proto";
import { noProperties } from "@muster/proto/matchmaking";
import { ChangeReason } from "@muster/proto/session";
import { openBenchStack } from "../rpc/bench-stack.ts";
import { askGame } from "../rpc/game-order.ts";
import { type RefillAnswer, wallMs } from "./refill-order.ts";

/** Players of a battle; one fewer than these may wait in a lane without becoming a match. */
const SEATS = 10;
const WAITING = 5;

/** One refill, cut where the fleet's feed showed that something had happened; in ms. */
export type Refill = {
  /** `remove()` → the callback with the newcomer. */
  readonly totalMs: number;
  /** `remove()` → the freed seat is durable and in the feed: game → sidecar → fleet. */
  readonly freeingMs: number;
  /** → the fill is durable and in the feed: fleet → matcher, which decides, → fleet. */
  readonly fillingMs: number;
  /** → the callback: fleet → sidecar → game. */
  readonly tellingMs: number;
};

export interface Lane {
  /** Frees a seat and waits until it is taken, then sends somebody to wait in place of who got it. */
  refill(): Promise<Refill>;
}

export interface RefillWorld extends AsyncDisposable {
  readonly matcher: MatcherConnection["matchmaking"];
  /** In a lane that no other has. */
  openLane(name: string): Promise<Lane>;
}

/** Name of a configuration in which nobody is ever matched: load for the matcher. */
export const CROWD = "crowd";

export async function openRefillWorld(): Promise<RefillWorld> {
  await using opened = new AsyncDisposableStack();
  const port = await findFreePort();
  const stack = opened.use(await openBenchStack(configOf(port)));
  const { matchmaking } = opened.use(connectMatcher(stack.matcherAddress));
  const { fleet } = opened.use(connectFleet(stack.fleetAddress));
  const over = new AbortController();
  opened.defer(() => over.abort());

  /** When the feed last showed a seat of the session free, and the fill that took it. */
  const freed = new Map<string, number>();
  const filled = new Map<string, (atMs: number) => void>();
  const watch = async () => {
    for await (const { event } of fleet.watchSessions({ owner: "", resumeToken: "" }, { signal: over.signal })) {
      if (event?.$case !== "sessionChange") continue;
      const { battleSessionId, reason } = event.value;
      if (reason === ChangeReason.PLAYER_REMOVED) freed.set(battleSessionId, wallMs());
      if (reason === ChangeReason.PLAYERS_ADDED) filled.get(battleSessionId)?.(wallMs());
    }
  };
  void watch().catch((error: unknown) => {
    if (!over.signal.aborted) throw error;
  });

  const send = async (lane: string): Promise<string> => {
    const ticketId = newId("ticket", systemRandom);
    const players = [{ playerId: `player-${ticketId}`, attributes: { lane }, latenciesMs: {}, team: "" }];
    await matchmaking.startMatching({ ...noProperties, configuration: "lanes", ticketId, players });
    return ticketId;
  };
  const closing = opened.move();
  return {
    matcher: matchmaking,
    async openLane(name) {
      const ticketIds = await Promise.all(Array.from({ length: SEATS }, () => send(name)));
      const battleSessionId = await sessionOf(matchmaking, ticketIds[0] ?? "");
      for (let index = 0; index < WAITING; index += 1) await send(name);
      return {
        async refill() {
          const fill = Promise.withResolvers<number>();
          filled.set(battleSessionId, fill.resolve);
          const answer = await askGame<RefillAnswer | { readonly failure: string }>(port, { battleSessionId });
          if ("failure" in answer) throw new Error(`Cannot refill a seat: ${answer.failure}`);
          const filledMs = await fill.promise;
          const seenFreeMs = freed.get(battleSessionId) ?? Number.NaN;
          await send(name);
          return {
            totalMs: answer.heardMs - answer.freedMs,
            freeingMs: seenFreeMs - answer.freedMs,
            fillingMs: filledMs - seenFreeMs,
            tellingMs: answer.heardMs - filledMs,
          };
        },
      };
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

async function sessionOf(matcher: MatcherConnection["matchmaking"], ticketId: string): Promise<string> {
  for await (const { ticket } of matcher.watchTickets({ ticketIds: [ticketId], configuration: "", resumeToken: "" })) {
    const { battleSessionId } = ticket?.assignment ?? {};
    if (battleSessionId !== undefined && battleSessionId !== "") return battleSessionId;
  }
  throw new Error(`Cannot find the battle of ${ticketId} as the watch ended`);
}

function configOf(port: number): object {
  const game = new URL("./refill-game.ts", import.meta.url).pathname;
  const crowd = { version: "v1.0", teams: [{ name: "all", minPlayers: 1_000, maxPlayers: 1_000 }] };
  const lanes = {
    version: "v1.0",
    playerAttributes: [{ name: "lane", type: "string" }],
    teams: [{ name: "all", minPlayers: SEATS, maxPlayers: SEATS }],
    rules: [
      {
        name: "lane",
        type: "comparison",
        operation: "=",
        measurements: ["flatten(teams[*].players.playerAttributes[lane])"],
      },
    ],
  };
  return {
    fleets: [
      {
        name: "bench",
        command: [process.execPath, "--conditions=@muster/source", game],
        processes: 1,
        portRange: `${port}-${port}`,
        reservationSeconds: 600,
      },
    ],
    queues: [{ name: "bench", destinations: ["bench"] }],
    ruleSets: { lanes, crowd },
    configurations: [
      { name: "lanes", ruleSet: "lanes", queue: "bench", requestTimeoutSeconds: 3_600, autoBackfill: true },
      { name: CROWD, ruleSet: "crowd", queue: "bench", requestTimeoutSeconds: 3_600 },
    ],
  };
}
