// AcceptPlayerSession from a game through the SDK and its sidecar, all real processes, beside the same messages between
// the same game and a bare echo. A full accept is two hops, game → sidecar → fleet, and a durable commit at the fleet; the
// echo is one hop and no commit. Every accept takes a fresh seat: sessions of 200 seats are placed before each block and
// ended after it.
import { randomUUID } from "node:crypto";
import { connectFleet, type FleetConnection, findFreePort } from "@muster/cli";
import { systemClock } from "@muster/kit";
import { type BattleSession, readBattleSession } from "@muster/proto";
import { PlacementState } from "@muster/proto/fleet";
import { SessionState } from "@muster/proto/session";
import { openBenchStack } from "./bench-stack.ts";
import { compare, type Round } from "./compare.ts";
import { startEcho } from "./floor-process.ts";
import { giveOrder } from "./game-order.ts";

const SEATS_PER_SESSION = 200;
const ROUNDS = { warmUps: 2, rounds: 7 };
/** How often a placement or an end is looked for, in ms. */
const LOOK_MS = 10;
/** A placement or end that takes longer is a fault, in ms. */
const PATIENCE_MS = 20_000;

/** Rounds by how many accepts are in flight at once. */
export type AcceptRounds = {
  readonly at1: readonly Round[];
  readonly at8: readonly Round[];
  readonly at64: readonly Round[];
};

export async function compareAcceptPlayerSession(): Promise<AcceptRounds> {
  const port = await findFreePort();
  await using stack = await openBenchStack(configOf(port));
  await using echo = await startEcho();
  await using connection = connectFleet(stack.fleetAddress);
  const { fleet } = connection;
  const compareAt = (inFlight: number, calls: number) => {
    const ids = Array.from({ length: calls }, (_, index) => `ps_${String(index).padStart(26, "0")}`);
    return compare(ROUNDS, {
      ours: async () => {
        const sessions = await placeSessions(fleet, calls / SEATS_PER_SESSION);
        const playerSessionIds = sessions.flatMap((one) => one.playerSessions.map((seat) => seat.playerSessionId));
        const block = await giveOrder(port, { through: "sdk", echoAddress: "", playerSessionIds, inFlight });
        await endSessions(fleet, sessions);
        return block;
      },
      floor: () => giveOrder(port, { through: "echo", echoAddress: echo.address, playerSessionIds: ids, inFlight }),
    });
  };
  return { at64: await compareAt(64, 800), at8: await compareAt(8, 400), at1: await compareAt(1, 200) };
}

function configOf(port: number): object {
  const game = new URL("./game.ts", import.meta.url).pathname;
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
    ruleSets: {},
    configurations: [],
  };
}

type Fleet = FleetConnection["fleet"];

async function placeSessions(fleet: Fleet, count: number): Promise<readonly BattleSession[]> {
  return await Promise.all(Array.from({ length: count }, () => placeSession(fleet)));
}

/** A session with a reserved seat for each of its players. */
async function placeSession(fleet: Fleet): Promise<BattleSession> {
  const placementId = `bench_${randomUUID()}.1`;
  const players = Array.from({ length: SEATS_PER_SESSION }, (_, index) => ({
    playerId: `player-${String(index).padStart(6, "0")}`,
    team: "all",
    ticketId: "",
    attributes: {},
    latenciesMs: {},
  }));
  await fleet.startPlacement({
    placementId,
    queue: "bench",
    owner: "bench",
    capacity: SEATS_PER_SESSION,
    teams: [{ name: "all", template: "all", capacity: SEATS_PER_SESSION }],
    players,
    properties: {},
    data: "",
    matchId: placementId,
    configuration: "bench",
    backfill: undefined,
    matcherEndpoint: "",
    capabilityKey: new Uint8Array(),
    timeoutMs: PATIENCE_MS,
    regions: [],
    name: "",
  });
  return await look(`placement ${placementId}`, async () => {
    const { placement } = await fleet.describePlacement({ placementId });
    if (placement?.state === PlacementState.PENDING) return undefined;
    if (placement?.session) return readBattleSession(placement.session);
    throw new Error(`Cannot place a session: the placement is ${placement?.state}, ${placement?.failure}`);
  });
}

async function endSessions(fleet: Fleet, sessions: readonly BattleSession[]): Promise<void> {
  const battleSessionIds = sessions.map((session) => session.battleSessionId);
  await Promise.all(battleSessionIds.map((battleSessionId) => fleet.terminateServerSession({ battleSessionId })));
  await look("the end of the sessions", async () => {
    const { sessions: now } = await fleet.describeServerSessions({ battleSessionIds, includeEnded: true });
    return now.every((session) => session.state === SessionState.TERMINATED) || undefined;
  });
}

/** Asks again until there is an answer. */
async function look<Value>(what: string, ask: () => Promise<Value | undefined>): Promise<Value> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    if (patience.aborted) throw new Error(`Cannot go on as ${what} takes longer than ${PATIENCE_MS} ms`);
    await systemClock.sleep(LOOK_MS);
  }
}
