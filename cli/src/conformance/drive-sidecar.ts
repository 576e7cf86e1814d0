// A sidecar under test, driven through the whole life of a game by somebody who is none: what it should do stands in
// sidecar-checks.ts, how it is made to stands here, scene by scene. Each scene goes on from the one before.
import { systemClock } from "@muster/kit";
import type { BattleSession, PlayerSession } from "@muster/proto";
import { grpcNetwork } from "@muster/proto/grpc";
import type { Client, Network } from "@muster/proto/rpc";
import { GameServerServiceDefinition } from "@muster/proto/sdk";
import { ChangeReason, CreationPolicy, SessionState } from "@muster/proto/session";
import { type CheckBook, type CheckResult, createCheckBook, demand, demandRefusal } from "./check-book.ts";
import { type GameEar, type GameEvent, openGameEar } from "./game-ear.ts";
import { SIDECAR_CHECKS } from "./sidecar-checks.ts";
import { type Stage, waitFor } from "./stage.ts";

export type SidecarUnderTest = {
  /** As its game reaches it. */
  readonly address: string;
  readonly token: string;
  /** Default: sockets. */
  readonly network?: Network;
  /** What is behind it. The sidecar has to be attached, or attach by itself. */
  readonly stage: SidecarStage;
  /** As the stage's fleet asks, in ms. */
  readonly healthIntervalMs: number;
  readonly healthTimeoutMs: number;
  readonly onResult?: (result: CheckResult) => void;
};

/** What the drive needs of whatever is behind the sidecar. */
export type SidecarStage = Pick<
  Stage,
  | "processId"
  | "matcherCalls"
  | "place"
  | "seat"
  | "endSession"
  | "describe"
  | "until"
  | "untilProcess"
  | "goAway"
  | "comeBack"
>;

type Game = Client<typeof GameServerServiceDefinition>;
type Scene = {
  readonly under: SidecarUnderTest;
  readonly game: Game;
  readonly book: CheckBook<typeof SIDECAR_CHECKS>;
  ear: GameEar;
};

/** How long a sidecar may take to come, in ms. */
const COME_MS = 60_000;
const NOBODY = "bs_of_nobody";
const SELECT = { battleSessionId: "", playerId: "", playerSessionId: "", state: 0 } as const;
/** Callers at a time beside a reader that takes nothing, and calls of each. */
const CALLERS = 64;
const CALLS_EACH = 5;

/** Every check with what came of it. Takes about half a minute. */
export async function driveSidecar(under: SidecarUnderTest): Promise<readonly CheckResult[]> {
  const book = createCheckBook(SIDECAR_CHECKS, under.onResult);
  const { network = grpcNetwork } = under;
  await using peer = network.connect(under.address, { token: under.token });
  const game = peer.client(GameServerServiceDefinition);
  const ear = await openFirstEar(game);
  const scene: Scene = { under, game, book, ear };
  const isOpen = await book.run("OPENED", async () => {
    const event = await ear.next("Opened", () => true, 30_000);
    demand(event.$case === "opened", `${event.$case} came first`);
    demand(event.value.processId === under.stage.processId, `the process id is ${event.value.processId}`);
    demand(event.value.sidecarVersion !== "", "it tells no version");
  });
  if (!isOpen) return book.results();
  await token(scene);
  await ready(scene);
  const id = await battle(scene);
  if (id !== undefined) {
    await roster(scene, id);
    await streams(scene, id);
    await fleetAway(scene, id);
    await sessionEnd(scene, id);
  }
  await health(scene);
  await book.run("ORDER", () => demand(scene.ear.fault === undefined, scene.ear.fault ?? ""));
  scene.ear.close();
  return book.results();
}

/** Whoever starts the sidecar may need a moment. */
async function openFirstEar(game: Game): Promise<GameEar> {
  const endsMs = systemClock.nowMs() + COME_MS;
  for (;;) {
    const ear = openGameEar(game);
    await waitFor("the sidecar", COME_MS, async () =>
      ear.events.length > 0 || ear.ended !== undefined ? true : undefined,
    );
    if (ear.ended !== "PEER_UNREACHABLE" || systemClock.nowMs() > endsMs) return ear;
    await systemClock.sleep(100);
  }
}

async function token({ under, book }: Scene): Promise<void> {
  if (under.token === "") return book.skip("TOKEN");
  const { network = grpcNetwork } = under;
  await book.run("TOKEN", async () => {
    for (const wrong of ["", `${under.token}x`]) {
      await using peer = network.connect(under.address, { token: wrong });
      const stranger = peer.client(GameServerServiceDefinition);
      await demandRefusal(
        "a stranger's ProcessReady",
        stranger.processReady({ ports: {}, concurrentSessions: 4 }),
        "CREDENTIALS_INVALID",
      );
      await demandRefusal("a stranger's Watch", first(stranger), "CREDENTIALS_INVALID");
    }
  });
}

async function first(game: Game): Promise<unknown> {
  const request = { sdkName: "stranger", sdkVersion: "", sdkLanguage: "", resumeAfter: {} };
  for await (const message of game.watch(request)) return message;
  return undefined;
}

async function ready({ game, book, under }: Scene): Promise<void> {
  await book.run("READY", async () => {
    const words = { ports: {}, concurrentSessions: 4 };
    await demandRefusal("port 0", game.processReady({ ...words, ports: { game: 0 } }), "FIELD_INVALID");
    await demandRefusal("1,001 sessions", game.processReady({ ...words, concurrentSessions: 1_001 }), "FIELD_INVALID");
    await game.processReady(words);
    await game.processReady(words);
    await demandRefusal("other words", game.processReady({ ...words, concurrentSessions: 2 }), "PHASE_CONFLICT");
    await under.stage.untilProcess(({ attached }) => attached);
  });
}

/** Begins a battle of ann and ben, and lets it come alive. Resolves with its id. */
async function battle({ under, game, book, ear }: Scene): Promise<string | undefined> {
  const id = await under.stage.place(["ann", "ben"]);
  const isStarted = await book.run("START", async () => {
    const event = await ear.next("StartBattleSession", ({ $case }) => $case === "startBattleSession");
    if (event.$case !== "startBattleSession") return;
    const { session, activateBy } = event.value;
    demand(session?.battleSessionId === id, `it is of ${session?.battleSessionId}`);
    demand(session.state === SessionState.ACTIVATING, `its state is ${session.state}`);
    demand(session.properties.map === "dust" && session.data === "conformance", "its properties or data are others");
    demand((activateBy?.getTime() ?? 0) > systemClock.wallMs(), "there is no time to activate it");
  });
  if (!isStarted) return undefined;
  await book.run("UNKNOWN", () => unknownIds(game));
  const isActive = await book.run("ACTIVATE", async () => {
    await game.activateBattleSession({ battleSessionId: id });
    const change = await nextChange(ear, ChangeReason.SESSION_ACTIVATED);
    demand(
      change.state === SessionState.ACTIVE && change.address !== undefined,
      "the change tells no state or address",
    );
    const seated = change.added.map(({ playerId }) => playerId);
    demand(seated.join() === "ann,ben", `${seated.join() || "nobody"} got a seat`);
    await game.activateBattleSession({ battleSessionId: id });
  });
  return isActive ? id : undefined;
}

async function unknownIds(game: Game): Promise<void> {
  const accept = { playerSessionId: "ps_of_nobody", requestId: "r1", reconnectSecret: "" };
  const [battleSessionId, requestId] = [NOBODY, "r1"];
  const start = { battleSessionId, strategy: 1, addPlayers: {}, replace: false, requestId } as const;
  for (const [what, call, ...reasons] of [
    ["ActivateBattleSession", () => game.activateBattleSession({ battleSessionId }), "SERVER_SESSION_NOT_FOUND"],
    ["TerminateBattleSession", () => game.terminateBattleSession({ battleSessionId }), "SERVER_SESSION_NOT_FOUND"],
    ["AcceptPlayerSession", () => game.acceptPlayerSession(accept), "PLAYER_SESSION_NOT_FOUND"],
    [
      "RemovePlayerSession",
      () => game.removePlayerSession({ playerSessionId: "ps_of_nobody" }),
      "PLAYER_SESSION_NOT_FOUND",
    ],
    ["StartBackfill", () => game.startBackfill(start), "BATTLE_SESSION_NOT_FOUND"],
    ["a malformed session id", () => game.activateBattleSession({ battleSessionId: "a b" }), "ID_MALFORMED"],
    [
      "a malformed seat id",
      () => game.acceptPlayerSession({ ...accept, playerSessionId: "a\n" }),
      "FIELD_INVALID",
      "ID_MALFORMED",
    ],
    ["no request id", () => game.acceptPlayerSession({ ...accept, requestId: "" }), "ID_MALFORMED", "FIELD_INVALID"],
  ] as const) {
    await demandRefusal(what, call(), ...reasons);
  }
}

type Change = Extract<GameEvent, { $case: "battleSessionUpdated" }>["value"];

async function nextChange(ear: GameEar, reason: number): Promise<Change> {
  const word = Object.entries(ChangeReason).find(([, value]) => value === reason)?.[0] ?? "";
  const event = await ear.next(`BattleSessionUpdated ${word}`, (one) => isChange(one) && one.value.reason === reason);
  demand(isChange(event), "");
  return event.value;
}

function isChange(event: GameEvent): event is Extract<GameEvent, { $case: "battleSessionUpdated" }> {
  return event.$case === "battleSessionUpdated";
}

function seatOf(ear: GameEar, id: string, playerId: string): PlayerSession {
  const seat = ear.sessions.get(id)?.playerSessions.find((one) => one.playerId === playerId);
  demand(seat !== undefined, `${playerId} has no seat, by what was heard`);
  return seat;
}

async function roster(scene: Scene, id: string): Promise<void> {
  const { book, game, ear, under } = scene;
  const requestOf = (playerId: string, requestId: string, reconnectSecret = "") => ({
    ...{ playerSessionId: seatOf(ear, id, playerId).playerSessionId, requestId, reconnectSecret },
  });
  let secret = "";
  await book.run("ACCEPT", async () => {
    const accepted = await game.acceptPlayerSession(requestOf("ann", "r1"));
    secret = accepted.reconnectSecret;
    demand(accepted.battleSessionId === id && secret !== "", "the answer lacks session or secret");
    demand(accepted.playerSession?.state === 2, `the seat is answered in state ${accepted.playerSession?.state}`);
    const change = await nextChange(ear, ChangeReason.PLAYER_ACCEPTED);
    demand(change.updated[0]?.playerId === "ann", "the change tells of another");
    const again = await game.acceptPlayerSession(requestOf("ann", "r1"));
    demand(again.reconnectSecret === secret, "a repeat got another secret");
    await demandRefusal(
      "a second accept",
      game.acceptPlayerSession(requestOf("ann", "r2")),
      "PLAYER_SESSION_ALREADY_ACCEPTED",
    );
  });
  await book.run("DISCONNECT", async () => {
    const { playerSessionId } = seatOf(ear, id, "ann");
    const { expiresAt } = await game.disconnectPlayerSession({ playerSessionId });
    demand((expiresAt?.getTime() ?? 0) > systemClock.wallMs(), "the seat is held until no time");
    await nextChange(ear, ChangeReason.PLAYER_DISCONNECTED);
    await game.disconnectPlayerSession({ playerSessionId });
    for (const wrong of ["", "another"]) {
      await demandRefusal(
        "a return",
        game.acceptPlayerSession(requestOf("ann", `r3${wrong}`, wrong)),
        "RECONNECT_SECRET_WRONG",
      );
    }
    await game.acceptPlayerSession(requestOf("ann", "r4", secret));
    await nextChange(ear, ChangeReason.PLAYER_RETURNED);
  });
  await book.run("REMOVE", async () => {
    const request = requestOf("ben", "r5");
    const { playerSessionId } = request;
    await game.removePlayerSession({ playerSessionId });
    const change = await nextChange(ear, ChangeReason.PLAYER_REMOVED);
    demand(change.removed[0]?.playerSessionId === playerSessionId, "the change tells of another");
    await game.removePlayerSession({ playerSessionId });
    await demandRefusal("an accept afterwards", game.acceptPlayerSession(request), "PLAYER_SESSION_ENDED");
  });
  await book.run("SEATED", async () => {
    await under.stage.seat(id, ["cleo", "dan"]);
    const change = await nextChange(ear, ChangeReason.PLAYERS_ADDED);
    const names = change.added.map(({ playerId }) => playerId).join();
    demand(names === "cleo,dan", `${names} were added`);
  });
  await book.run("POLICY", async () => {
    const set = (creationPolicy: CreationPolicy) =>
      game.updatePlayerSessionCreationPolicy({ battleSessionId: id, creationPolicy });
    await demandRefusal("no policy", set(CreationPolicy.UNSPECIFIED), "FIELD_INVALID");
    for (const policy of [CreationPolicy.DENY_ALL, CreationPolicy.ACCEPT_ALL]) {
      await set(policy);
      const change = await nextChange(ear, ChangeReason.CREATION_POLICY_CHANGED);
      demand(change.creationPolicy === policy, "the change tells of another");
    }
  });
  await book.run("DESCRIBE", async () => {
    const describe = async (selection: Partial<Parameters<Game["describePlayerSessions"]>[0]>) => {
      const { playerSessions } = await game.describePlayerSessions({ ...SELECT, ...selection });
      return playerSessions.map(({ playerSession }) => `${playerSession?.playerId} ${playerSession?.state}`).join();
    };
    const heard = (ear.sessions.get(id)?.playerSessions ?? []).map(({ playerId }) => playerId).join();
    const told = await describe({ battleSessionId: id });
    demand(told === "ann 2,cleo 1,dan 1", `${told} are there; ${heard} were heard of`);
    demand((await describe({ playerId: "cleo" })) === "cleo 1", "cleo's seats are others");
    const { playerSessionId } = seatOf(ear, id, "dan");
    demand((await describe({ playerSessionId })) === "dan 1", "dan's seat is another");
    demand((await describe({ battleSessionId: id, state: 2 })) === "ann 2", "others are ACTIVE");
    await demandRefusal("no selection", describe({}), "FIELD_INVALID");
    await demandRefusal("two of them", describe({ battleSessionId: id, playerId: "ann" }), "FIELD_INVALID");
  });
  await book.run("CUSTOM_DATA", async () => {
    for (let currentCount = 1; currentCount <= 50; currentCount += 1) {
      await game.reportCustomData({ battleSessionId: id, currentCount, maxCount: 50 });
    }
    await under.stage.until(id, ({ customData }) => customData?.currentCount === 50, 5_000);
    const heard = ear.events.filter((event) => isChange(event) && event.value.customData !== undefined);
    demand(heard.length <= 10, `${heard.length} changes were made of fifty reports at once`);
  });
  await book.run("BACKFILL", async () => {
    await game.startBackfill({
      ...{ battleSessionId: id, strategy: 1, addPlayers: {}, replace: false, requestId: "r6" },
    });
    await game.describeBackfill({ battleSessionId: id });
    await game.cancelBackfill({ battleSessionId: id, requestId: "r7" });
    const { revision } = await under.stage.describe(id);
    const calls = under.stage.matcherCalls;
    const methods = calls.map(({ method }) => method).join();
    demand(methods === "startBackfill,describeBackfill,cancelBackfill", `${methods} reached the matcher`);
    for (const { battleSessionId, capability, seenRevision } of calls) {
      demand(battleSessionId === id && capability !== "", "a call carries no capability");
      demand(seenRevision > 0 && seenRevision <= revision, `a call says that revision ${seenRevision} was seen`);
    }
  });
}

async function streams(scene: Scene, id: string): Promise<void> {
  const { book, game, under } = scene;
  const isOpened = ({ $case }: GameEvent) => $case === "opened";
  const revisionOf = (ear: GameEar) => ear.sessions.get(id)?.revision ?? 0;
  await book.run("RESUME", async () => {
    const before = revisionOf(scene.ear);
    const from = before - 3;
    checkOrder(scene);
    scene.ear.close();
    scene.ear = openGameEar(game, { [id]: from });
    await scene.ear.next("Opened", isOpened);
    await game.reportCustomData({ battleSessionId: id, currentCount: 51, maxCount: 51 });
    await nextChange(scene.ear, ChangeReason.CUSTOM_DATA_REPORTED);
    const kinds = scene.ear.events.filter(({ $case }) => $case !== "opened" && $case !== "healthCheck");
    const revisions = kinds.map((event) => (isChange(event) ? event.value.revision : event.$case));
    const first = kinds[0];
    demand(
      first !== undefined && isChange(first) && first.value.revision === from + 1,
      `after ${from} came ${revisions.join()}`,
    );
    demand(scene.ear.fault === undefined, scene.ear.fault ?? "");
  });
  await book.run("RESUME_EXPIRED", async () => {
    scene.ear.close();
    scene.ear = openGameEar(game, { [id]: 999_999, bs_long_over: 3 });
    const opened = await scene.ear.next("Opened", isOpened);
    demand(opened.$case === "opened", "");
    const over = opened.value.endedBattleSessionIds;
    demand(over.join() === "bs_long_over", `${over.join() || "nothing"} is named as over`);
    await scene.ear.next("SessionSnapshot", ({ $case }) => $case === "sessionSnapshot");
  });
  await book.run("ONE_WATCH", async () => {
    const older = scene.ear;
    scene.ear = openGameEar(game);
    await scene.ear.next("Opened", isOpened);
    await scene.ear.next("SessionSnapshot", ({ $case }) => $case === "sessionSnapshot");
    const why = await waitFor("the end of the older watch", 5_000, async () => older.ended);
    demand(why === "PHASE_CONFLICT", `the older watch ended with ${why}`);
  });
  await book.run("SLOW", async () => {
    checkOrder(scene);
    scene.ear.close();
    await using idle = (under.network ?? grpcNetwork).connect(under.address, { token: under.token });
    const request = { sdkName: "never reads", sdkVersion: "", sdkLanguage: "", resumeAfter: {} };
    const stalled = idle.client(GameServerServiceDefinition).watch(request)[Symbol.asyncIterator]();
    await stalled.next();
    const caller = async (index: number) => {
      for (let count = 0; count < CALLS_EACH; count += 1) {
        await game.reportCustomData(
          { battleSessionId: id, currentCount: index, maxCount: count },
          { deadlineMs: 10_000 },
        );
        if (index % 16 !== 0) continue;
        const creationPolicy = count % 2 === 0 ? CreationPolicy.DENY_ALL : CreationPolicy.ACCEPT_ALL;
        await game.updatePlayerSessionCreationPolicy({ battleSessionId: id, creationPolicy }, { deadlineMs: 10_000 });
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, (_, index) => caller(index)));
    await stalled.return?.();
    scene.ear = openGameEar(game);
    await scene.ear.next("SessionSnapshot", ({ $case }) => $case === "sessionSnapshot");
    await game.updatePlayerSessionCreationPolicy({ battleSessionId: id, creationPolicy: CreationPolicy.ACCEPT_ALL });
  });
}

/** The order of a stream that is about to be left counts too. */
function checkOrder({ ear }: Scene): void {
  demand(ear.fault === undefined, ear.fault ?? "");
}

async function fleetAway(scene: Scene, id: string): Promise<void> {
  const { book, game, ear, under } = scene;
  const isAway = await book.run("AWAY", async () => {
    const [cleo, dan] = [seatOf(ear, id, "cleo"), seatOf(ear, id, "dan")];
    await under.stage.goAway();
    const accept = (playerSessionId: string) =>
      game.acceptPlayerSession({
        playerSessionId,
        requestId: `away ${playerSessionId}`.replaceAll(" ", "-"),
        reconnectSecret: "",
      });
    await waitFor("the sidecar to notice that its fleet is away", 20_000, async () =>
      demandRefusal("an unknown seat", accept("ps_of_nobody"), "FLEET_UNREACHABLE").then(
        () => true,
        () => undefined,
      ),
    );
    const { playerSession, reconnectSecret } = await accept(cleo.playerSessionId);
    demand(playerSession?.state === 2 && reconnectSecret !== "", "a known reservation was not accepted");
    demand((await accept(cleo.playerSessionId)).reconnectSecret === reconnectSecret, "a repeat got another secret");
    await game.removePlayerSession({ playerSessionId: dan.playerSessionId });
    await demandRefusal(
      "what only the fleet decides",
      game.updatePlayerSessionCreationPolicy({ battleSessionId: id, creationPolicy: 2 }),
      "FLEET_UNREACHABLE",
    );
  });
  await under.stage.comeBack();
  if (!isAway) return;
  await book.run("RETURN", async () => {
    const isReconciled = ({ playerSessions }: BattleSession) =>
      playerSessions.map(({ playerId, state }) => `${playerId} ${state}`).join() === "ann ACTIVE,cleo ACTIVE";
    const { revision } = await under.stage.until(id, isReconciled);
    await waitFor("the fleet's word on it", 10_000, async () =>
      (ear.sessions.get(id)?.revision ?? 0) >= revision ? true : undefined,
    );
    const session = ear.sessions.get(id);
    demand(session !== undefined && isReconciled(session), "the game heard something else than the fleet says");
    checkOrder(scene);
  });
}

async function sessionEnd({ book, game, ear, under }: Scene, id: string): Promise<void> {
  await book.run("SESSION_END", async () => {
    await under.stage.endSession(id);
    await nextChange(ear, ChangeReason.SESSION_TERMINATING);
    await game.reportCustomData({ battleSessionId: id, currentCount: 99, maxCount: 99 });
    await game.terminateBattleSession({ battleSessionId: id });
    const change = await nextChange(ear, ChangeReason.SESSION_ENDED);
    demand(change.state === SessionState.TERMINATED, "the session is not TERMINATED");
    const { customData, endCause } = await under.stage.until(id, ({ state }) => state === "TERMINATED");
    demand(endCause === "TERMINATED", `it ended by ${endCause}`);
    demand(customData?.currentCount === 99, "its last numbers were lost");
    await game.terminateBattleSession({ battleSessionId: id });
  });
}

async function health(scene: Scene): Promise<void> {
  const { book, under } = scene;
  const { healthIntervalMs, healthTimeoutMs } = under;
  const isCheck = ({ $case }: GameEvent) => $case === "healthCheck";
  if (healthIntervalMs === 0) {
    book.skip("HEALTH", "UNHEALTHY");
    return await ending(scene);
  }
  await book.run("HEALTH", async () => {
    const ids = new Set<string>();
    let lastMs = 0;
    for (let count = 0; count < 4; count += 1) {
      const event = await scene.ear.next("HealthCheck", isCheck, 5 * healthIntervalMs + 5_000);
      demand(event.$case === "healthCheck" && event.value.checkId !== "", "a check has no id");
      demand(event.value.timeoutMs === healthTimeoutMs, `a check may take ${event.value.timeoutMs} ms`);
      ids.add(event.value.checkId);
      const nowMs = systemClock.nowMs();
      // The first ones may have waited to be looked at.
      if (count > 1) demand(nowMs - lastMs > healthIntervalMs / 2, `two checks came ${nowMs - lastMs} ms apart`);
      lastMs = nowMs;
    }
    demand(ids.size === 4, "two checks have one id");
  });
  await ending(scene);
}

async function ending(scene: Scene): Promise<void> {
  const { book, game, under } = scene;
  if (under.healthIntervalMs > 0) {
    await book.run("UNHEALTHY", async () => {
      scene.ear.close();
      scene.ear = openGameEar(game, {}, false);
      const withinMs = under.healthIntervalMs + 4 * under.healthTimeoutMs + 10_000;
      const event = await scene.ear.next("ProcessTerminate", ({ $case }) => $case === "processTerminate", withinMs);
      demand(event.$case === "processTerminate", "");
      demand((event.value.deadline?.getTime() ?? 0) > systemClock.wallMs(), "the deadline has passed");
      demand(event.value.reason === "UNHEALTHY", `the reason is ${event.value.reason}`);
    });
  }
  await book.run("ENDING", async () => {
    await game.processEnding({});
    await game.processEnding({});
    await under.stage.untilProcess(({ state }) => state >= 3);
    await demandRefusal(
      "ProcessReady afterwards",
      game.processReady({ ports: {}, concurrentSessions: 4 }),
      "PHASE_CONFLICT",
    );
  });
}
