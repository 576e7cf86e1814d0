// The SDK and the real sidecar, with a scripted fleet behind it: what one says the other understands.
import { type Channel, createChannel, createSeededRandom } from "@muster/kit";
import { createVirtualClock } from "@muster/kit/testing";
import {
  type SessionChange,
  type BattleSession as SessionValue,
  writeBattleSession,
  writePlayerSession,
  writeSessionChange,
} from "@muster/proto";
import {
  type AttachRequest,
  type AttachResponse,
  type HostCommand,
  HostServiceDefinition,
  type Welcome,
} from "@muster/proto/fleet";
import { BackfillServiceDefinition, type StartBackfillRequest } from "@muster/proto/matchmaking";
import { createMemoryNetwork, implement } from "@muster/proto/rpc";
import { createSidecar } from "@muster/sidecar";
import { afterEach, expect, test } from "vitest";
import { connectWith } from "./connect.ts";
import { reasonOf, runUntilSettled } from "./scripted-game.fixture.ts";
import { BACKFILL, changeOf, removalOf, seatOf, sessionOf } from "./scripted-sidecar.fixture.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

const welcome: Welcome = {
  fleetVersion: "test",
  region: "local",
  address: { host: "127.0.0.1", ports: { game: 7500 } },
  heartbeatIntervalMs: 1_000,
  healthIntervalMs: 5_000,
  healthTimeoutMs: 2_500,
  healthMissesMax: 3,
  hostLostAfterMs: 120_000,
  endedSessionIds: [],
  followingSessionIds: [],
};

/** A fleet that says yes, to everything. */
function createFleet() {
  const commands: HostCommand[] = [];
  let current: Channel<AttachResponse> | undefined;
  const take = ({ message }: AttachRequest, responses: Channel<AttachResponse>) => {
    if (message?.$case === "hello") return responses.push({ message: { $case: "welcome", value: welcome } });
    if (message?.$case === "heartbeat") return responses.push({ message: { $case: "heartbeat", value: {} } });
    if (message?.$case !== "command") return false;
    commands.push(message.value);
    const accepts = message.value.command?.$case === "acceptSeat";
    const acceptedSeat = accepts
      ? { battleSessionId: "bs_1", playerSession: writePlayerSession(seatOf("ann", "ACTIVE")), reconnectSecret: "rc_1" }
      : undefined;
    const value = { commandId: message.value.commandId, error: undefined, acceptedSeat, seatExpiresAt: undefined };
    return responses.push({ message: { $case: "result", value } });
  };
  const host = implement(HostServiceDefinition, {
    async *attach(requests) {
      const responses = createChannel<AttachResponse>();
      current = responses;
      const reading = async () => {
        for await (const request of requests) take(request, responses);
      };
      reading().then(() => responses.close(), responses.close);
      yield* responses;
    },
  });
  const send = (message: NonNullable<AttachResponse["message"]>) => void current?.push({ message });
  return {
    services: [host],
    kinds: () => commands.map(({ command }) => command?.$case),
    start: (session: SessionValue) =>
      send({
        $case: "startSession",
        value: {
          session: writeBattleSession(session),
          activateBy: new Date(60_000),
          matcherEndpoint: "matcher",
          capability: "cap",
          traceparents: [],
        },
      }),
    change: (change: SessionChange) => send({ $case: "sessionChange", value: writeSessionChange(change) }),
    terminateProcess: (deadlineMs: number) =>
      send({ $case: "terminateProcess", value: { deadline: new Date(deadlineMs), reason: "SCALE_IN" } }),
  };
}

async function start() {
  const clock = createVirtualClock(1_000);
  const random = createSeededRandom(7);
  const memory = createMemoryNetwork({ clock, random });
  const fleet = createFleet();
  memory.serve("fleet", fleet.services);
  let generation = 0;
  const stop = new AbortController();
  const sidecar = createSidecar({
    clock,
    random,
    network: memory.from("sidecar"),
    log: () => undefined,
    fleetAddress: "fleet",
    fleet: "arena",
    processId: "proc_1",
    incarnation: 1,
    secret: "s3cret",
    token: "t0ken",
    matchers: ["matcher"],
    ready: undefined,
    nextAttachGeneration: () => {
      generation += 1;
      return generation;
    },
    onReady: () => undefined,
  });
  memory.serve("sidecar", sidecar.services);
  const running = sidecar.run(stop.signal).catch(() => undefined);
  const exits: number[] = [];
  const outcome = <Value>(work: Promise<Value>) => runUntilSettled(clock, work);
  const exit = (code: number) => exits.push(code);
  const options = { network: memory.from("game"), address: "sidecar", token: "t0ken", clock, random, exit };
  const game = await outcome(connectWith(options));
  const errors: unknown[] = [];
  game.onError((error) => errors.push(error));
  stops.push(async () => {
    await game.close();
    stop.abort();
    await sidecar[Symbol.asyncDispose]();
    await clock.advance(10_000);
    await running;
  });
  return { clock, memory, fleet, game, outcome, errors, exits, options };
}

test("a battle from ready to its end passes through the sidecar", async () => {
  const { clock, fleet, game, outcome, errors } = await start();
  const heard: string[] = [];
  game.onStartBattleSession((session) => session.activate());
  game.onBattleSessionUpdated(({ reason, session }) => void heard.push(`${reason} ${session.players.length}`));
  await outcome(game.processReady({ ports: { game: 7500 } }));
  fleet.start(sessionOf("bs_1"));
  await clock.advance(10);
  fleet.change(changeOf(2, { reason: "SESSION_ACTIVATED", state: "ACTIVE" }));
  fleet.change(changeOf(3, { reason: "PLAYERS_ADDED", added: [seatOf("bob")] }));
  const { player, reconnectSecret } = await outcome(game.acceptPlayerSession("ps_ann"));
  expect({ state: player.state, reconnectSecret }).toEqual({ state: "ACTIVE", reconnectSecret: "rc_1" });
  await outcome(player.remove());
  fleet.change(changeOf(4, { reason: "PLAYER_REMOVED", removed: [removalOf("ann")] }));
  await clock.advance(10);
  await outcome(player.session.terminate());
  fleet.change(changeOf(5, { reason: "SESSION_ENDED", state: "TERMINATED", endCause: "GAME_ENDED" }));
  await clock.advance(10);
  await outcome(game.processEnding());
  expect(heard).toEqual(["SESSION_ACTIVATED 1", "PLAYERS_ADDED 2", "PLAYER_REMOVED 1", "SESSION_ENDED 0"]);
  expect(fleet.kinds()).toEqual([
    "processReady",
    "activateSession",
    "acceptSeat",
    "removeSeat",
    "endSession",
    "processEnding",
  ]);
  expect(errors).toEqual([]);
});

test("a game that stalls and reconnects loses and doubles nothing", async () => {
  const { clock, fleet, game, memory, errors } = await start();
  const heard: number[] = [];
  game.onStartBattleSession(() => undefined);
  game.onBattleSessionUpdated(({ session }) => void heard.push(session.revision));
  fleet.start(sessionOf("bs_1"));
  await clock.advance(10);
  fleet.change(changeOf(2));
  await clock.advance(10);
  memory.cut({ a: "game", b: "sidecar" });
  await clock.advance(10);
  fleet.change(changeOf(3));
  await clock.advance(500);
  memory.heal();
  await clock.advance(5_000);
  fleet.change(changeOf(4));
  await clock.advance(10);
  expect(heard).toEqual([2, 3, 4]);
  expect(errors).toEqual([]);
});

test("a game is healthy to its sidecar for as long as it says so", async () => {
  const { clock, fleet, game, outcome } = await start();
  await outcome(game.processReady());
  await clock.advance(60_000);
  expect(fleet.kinds()).not.toContain("processUnhealthy");
  game.onHealthCheck(() => false);
  await clock.advance(20_000);
  expect(fleet.kinds()).toContain("processUnhealthy");
});

test("a process that the fleet ends says goodbye and exits", async () => {
  const { clock, fleet, game, outcome, exits } = await start();
  await outcome(game.processReady());
  fleet.terminateProcess(30_000);
  await clock.advance(2_000);
  expect(fleet.kinds()).toContain("processEnding");
  expect(exits).toEqual([0]);
});

test("a second SDK of the same process takes the watch over, and the first one gives it up", async () => {
  const { clock, game, outcome, options } = await start();
  const second = await outcome(connectWith(options));
  await clock.advance(20_000);
  expect(await reasonOf(game.finished)).toBe("PHASE_CONFLICT");
  expect({ first: game.connection, second: second.connection }).toEqual({ first: "CLOSED", second: "CONNECTED" });
  await second.close();
});

/** A game with a battle whose matcher is away, and what a matcher that comes is asked. */
async function startWithoutMatcher() {
  const started = await start();
  const { clock, fleet, game, memory } = started;
  fleet.start(sessionOf("bs_1"));
  await clock.advance(100);
  const asked: StartBackfillRequest[] = [];
  const answer = async () => ({ backfill: BACKFILL });
  const matcher = implement(BackfillServiceDefinition, {
    async startBackfill(request) {
      asked.push(request);
      return { backfill: BACKFILL };
    },
    cancelBackfill: answer,
    describeBackfill: answer,
  });
  const [session] = game.sessions;
  if (!session) throw new Error("The game has no battle");
  return { ...started, session, asked, matcherComes: () => memory.serve("matcher", [matcher]) };
}

test("a backfill command waits for a matcher that is away, and is carried out once when it comes", async () => {
  const { clock, session, asked, matcherComes, outcome } = await startWithoutMatcher();
  const started = session.startBackfill();
  await clock.advance(4_000);
  matcherComes();
  expect((await outcome(started)).backfillId).toBe("bf_1");
  expect(asked).toMatchObject([{ battleSessionId: "bs_1", capability: "cap" }]);
});

test("a backfill command fails by its deadline while its matcher stays away", async () => {
  const { clock, session, outcome } = await startWithoutMatcher();
  const startedMs = clock.nowMs();
  expect(await reasonOf(outcome(session.startBackfill()))).toBe("PEER_UNREACHABLE");
  expect(clock.nowMs() - startedMs).toBeLessThanOrEqual(10_000);
});
