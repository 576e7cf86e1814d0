// The fleet behind a test's sidecar: it keeps the battles, carries out what the sidecar asks, and tells it of every change.
import { type Channel, type Clock, createChannel, drawId, isAbortError, type Random } from "@muster/kit";
import {
  type BattleSession,
  MusterError,
  newId,
  type PlayerSessionId,
  type ProcessId,
  readWord,
  type SessionChange,
  toMusterError,
  writeBattleSession,
  writePlayerSession,
  writeSessionChange,
} from "@muster/proto";
import {
  type AttachRequest,
  type AttachResponse,
  type CommandResult,
  type Hello,
  type HostCommand,
  HostServiceDefinition,
} from "@muster/proto/fleet";
import { type Implementation, implement } from "@muster/proto/rpc";
import { CreationPolicy, type ProposedFill } from "@muster/proto/session";
import { activated, type Battle, changed, ended } from "./core/battle.ts";
import { acceptSeat, disconnectSeat, removeSeat, withoutExpired, withPolicy } from "./core/seat.ts";

/** The process as its fleet sees it. */
export type TestProcess = {
  readonly state: "STARTING" | "READY" | "UNHEALTHY" | "ENDED";
  /** What it named with `processReady`. */
  readonly ports: Readonly<Record<string, number>>;
  readonly concurrentSessions: number;
};

export type TestFleetOptions = {
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly reservationMs: number;
  readonly graceMs: number;
  readonly healthIntervalMs: number;
  readonly healthTimeoutMs: number;
};

export interface TestFleet {
  readonly services: readonly Implementation[];
  readonly process: TestProcess;
  /** How long seats are held for who has not come, in ms. */
  readonly reservationMs: number;
  /** Whether the sidecar is attached. */
  readonly attached: boolean;
  find(battleSessionId: string): Battle | undefined;
  /** Keeps a new battle, and tells the sidecar of it. */
  start(battle: Battle): void;
  /** Keeps what `step` makes of the battle, and tells the sidecar of its changes. @throws what `step` throws. */
  change(battleSessionId: string, step: (battle: Battle) => Battle): BattleSession;
  /** Asks the process to end. */
  terminate(end: { readonly reason: string; readonly withinMs: number }): void;
  /** Asks the game whether newcomers may come; silence is no. */
  ask(fill: Omit<ProposedFill, "fillId">): Promise<boolean>;
}

type Answer = Omit<CommandResult, "commandId" | "error">;

const NOTHING: Answer = { acceptedSeat: undefined, seatExpiresAt: undefined };
const HEARTBEAT_MS = 5_000;

export function createTestFleet(options: TestFleetOptions): TestFleet {
  const { clock, random, signal } = options;
  const battles = new Map<string, Battle>();
  const results = new Map<string, CommandResult>();
  const questions = new Map<string, (approved: boolean) => void>();
  let process: TestProcess = { state: "STARTING", ports: {}, concurrentSessions: 1 };
  let current: Channel<AttachResponse> | undefined;

  const send = (message: NonNullable<AttachResponse["message"]>) => current?.push({ message }) ?? false;
  const tell = (change: SessionChange) => send({ $case: "sessionChange", value: writeSessionChange(change) });
  const tellWhole = ({ session, activateByMs }: Battle) =>
    send({
      $case: "startSession",
      value: {
        session: writeBattleSession(session),
        activateBy: new Date(activateByMs),
        matcherEndpoint: MATCHER,
        capability: `capability of ${session.battleSessionId}`,
        traceparents: [],
      },
    });
  const later = (atMs: number, work: () => void) => {
    clock.sleep(atMs - clock.wallMs(), signal).then(work, (error: unknown) => {
      if (!isAbortError(error)) throw error;
    });
  };
  const get = (battleSessionId: string): Battle => {
    const battle = battles.get(battleSessionId);
    if (battle) return battle;
    const why = `Cannot use session ${battleSessionId} as the process has none of that id`;
    throw new MusterError("SERVER_SESSION_NOT_FOUND", why);
  };
  const keep = (after: Battle) => {
    const { battleSessionId } = after.session;
    const before = battles.get(battleSessionId);
    battles.set(battleSessionId, after);
    const news = after.changes.slice(before?.changes.length ?? 0);
    for (const change of news) tell(change);
    const deadlines = news.flatMap(({ added, updated }) => [...added, ...updated].map((seat) => seat.expiresAtMs));
    for (const atMs of new Set(deadlines)) if (atMs !== undefined) later(atMs, () => expire(battleSessionId));
  };
  const change: TestFleet["change"] = (battleSessionId, step) => {
    const after = step(get(battleSessionId));
    keep(after);
    return after.session;
  };
  /** A sidecar that is away may have let the player in: the seat is held until it says so. */
  const expire = (battleSessionId: string) => {
    if (!current) return;
    change(battleSessionId, (battle) => withoutExpired(battle, clock.wallMs()));
  };
  const endAll = (cause: Parameters<typeof ended>[1]) => {
    for (const id of battles.keys()) change(id, (battle) => ended(battle, cause));
  };
  const terminate: TestFleet["terminate"] = ({ reason, withinMs }) =>
    void send({ $case: "terminateProcess", value: { deadline: new Date(clock.wallMs() + withinMs), reason } });
  const seatHolder = (playerSessionId: string): string => {
    for (const [id, { seats }] of battles) if (seats.has(playerSessionId as PlayerSessionId)) return id;
    const why = "Cannot use the player session as the process has none of that id";
    throw new MusterError("PLAYER_SESSION_NOT_FOUND", why);
  };

  const carryOut = (command: NonNullable<HostCommand["command"]>): Answer => {
    switch (command.$case) {
      case "processReady": {
        const { ports, concurrentSessions } = command.value;
        process = { state: "READY", ports, concurrentSessions: concurrentSessions || 1 };
        return NOTHING;
      }
      case "processEnding":
      case "processExited":
        process = { ...process, state: "ENDED" };
        endAll(command.$case === "processEnding" ? "PROCESS_ENDED" : "PROCESS_CRASHED");
        return NOTHING;
      case "processUnhealthy":
        process = { ...process, state: "UNHEALTHY" };
        endAll("PROCESS_UNHEALTHY");
        return NOTHING;
      case "activateSession": {
        const { reservationMs } = options;
        change(command.value.battleSessionId, (battle) => {
          checkMayActivate(battle);
          return activated(battle, { nowMs: clock.wallMs(), reservationMs });
        });
        return NOTHING;
      }
      case "endSession":
        change(command.value.battleSessionId, (battle) =>
          ended(battle, battle.session.state === "TERMINATING" ? "TERMINATED" : "GAME_ENDED"),
        );
        return NOTHING;
      case "acceptSeat": {
        const { playerSessionId, requestId, reconnectSecret, givenReconnectSecret } = command.value;
        const id = seatHolder(playerSessionId);
        const own = { requestId, reconnectSecret, givenReconnectSecret: givenReconnectSecret || drawId("rs", random) };
        const accepted = acceptSeat(get(id), { playerSessionId: playerSessionId as PlayerSessionId, ...own });
        keep(accepted.battle);
        const playerSession = writePlayerSession(accepted.seat);
        const { reconnectSecret: secret } = accepted;
        return { ...NOTHING, acceptedSeat: { battleSessionId: id, playerSession, reconnectSecret: secret } };
      }
      case "disconnectSeat": {
        const playerSessionId = command.value.playerSessionId as PlayerSessionId;
        const held = disconnectSeat(
          get(seatHolder(playerSessionId)),
          playerSessionId,
          clock.wallMs() + options.graceMs,
        );
        keep(held.battle);
        return { ...NOTHING, seatExpiresAt: new Date(held.expiresAtMs) };
      }
      case "removeSeat": {
        const playerSessionId = command.value.playerSessionId as PlayerSessionId;
        change(seatHolder(playerSessionId), (battle) => removeSeat(battle, playerSessionId));
        return NOTHING;
      }
      case "changeCreationPolicy": {
        const policy = readWord("creation_policy", CreationPolicy, command.value.creationPolicy);
        change(command.value.battleSessionId, (battle) => withPolicy(battle, policy));
        return NOTHING;
      }
      case "reportCustomData": {
        const { battleSessionId, customData } = command.value;
        if (customData && get(battleSessionId).session.state !== "TERMINATED") {
          change(battleSessionId, (battle) => changed(battle, "CUSTOM_DATA_REPORTED", { customData }));
        }
        return NOTHING;
      }
      case "processStarted":
        return NOTHING;
    }
  };
  /** A repeat is answered as the first time. */
  const answer = ({ commandId, command }: HostCommand): CommandResult => {
    const known = results.get(commandId);
    if (known) return known;
    const result = resultOf(commandId, command);
    results.set(commandId, result);
    return result;
  };
  const resultOf = (commandId: string, command: HostCommand["command"]): CommandResult => {
    try {
      return { commandId, error: undefined, ...(command ? carryOut(command) : NOTHING) };
    } catch (error) {
      const { reason, message, metadata } = toMusterError(error);
      return { commandId, error: { reason, message, metadata: { ...metadata } }, ...NOTHING };
    }
  };

  const welcome = (hello: Hello) => {
    const known = new Map(hello.knownSessions.map((one) => [one.battleSessionId, one.revision]));
    const living = [...battles.values()].filter(({ session }) => session.state !== "TERMINATED");
    const isNews = ({ session }: Battle) => !known.has(session.battleSessionId);
    send({
      $case: "welcome",
      value: {
        fleetVersion: "test",
        region: REGION,
        address: { host: "127.0.0.1", ports: { game: 7500 } },
        heartbeatIntervalMs: HEARTBEAT_MS,
        healthIntervalMs: options.healthIntervalMs,
        healthTimeoutMs: options.healthTimeoutMs,
        healthMissesMax: 3,
        hostLostAfterMs: 120_000,
        endedSessionIds: [...known.keys()].filter((id) => !battles.has(id)),
        followingSessionIds: living.filter(isNews).map(({ session }) => session.battleSessionId),
      },
    });
    for (const battle of living.filter(isNews)) tellWhole(battle);
    for (const { session, changes } of battles.values()) {
      const from = known.get(session.battleSessionId);
      if (from !== undefined) for (const missed of changes) if (missed.revision > from) tell(missed);
    }
    for (const command of hello.carriedOut) send({ $case: "result", value: answer(command) });
    for (const id of battles.keys()) expire(id);
  };
  const take = ({ message }: AttachRequest) => {
    switch (message?.$case) {
      case "hello":
        return welcome(message.value);
      case "command":
        return void send({ $case: "result", value: answer(message.value) });
      case "heartbeat":
        return void send({ $case: "heartbeat", value: {} });
      case "fillAnswer":
        return questions.get(message.value.fillId)?.(message.value.approved);
      default:
        return undefined;
    }
  };

  const host = implement(HostServiceDefinition, {
    async *attach(requests) {
      const responses = createChannel<AttachResponse>();
      current?.close(new MusterError("PROCESS_FENCED", "Cannot go on as a newer sidecar has attached"));
      current = responses;
      const reading = async () => {
        for await (const request of requests) if (current === responses) take(request);
      };
      reading().then(
        () => responses.close(),
        (error: unknown) => responses.close(toMusterError(error)),
      );
      try {
        yield* responses;
      } finally {
        if (current === responses) current = undefined;
      }
    },
  });

  return {
    services: [host],
    reservationMs: options.reservationMs,
    get process() {
      return process;
    },
    get attached() {
      return current !== undefined;
    },
    find: (battleSessionId) => battles.get(battleSessionId),
    start(battle) {
      const { battleSessionId } = battle.session;
      battles.set(battleSessionId, battle);
      tellWhole(battle);
      later(battle.activateByMs, () => {
        if (battles.get(battleSessionId)?.session.state !== "ACTIVATING") return;
        change(battleSessionId, (late) => ended(late, "ACTIVATION_FAILED"));
        terminate({ reason: "ACTIVATION_TIMEOUT", withinMs: 10_000 });
      });
    },
    change,
    terminate,
    async ask(fill) {
      const fillId = newId("fill", random);
      const answered = Promise.withResolvers<boolean>();
      questions.set(fillId, answered.resolve);
      later(clock.wallMs() + fill.timeoutMs, () => answered.resolve(false));
      send({ $case: "approveFill", value: { fill: { ...fill, fillId } } });
      const approved = await answered.promise;
      questions.delete(fillId);
      return approved;
    },
  };
}

/** The process that the sidecar attends, as its fleet names it. */
export const PROCESS_ID = "proc_test" as ProcessId;
/** The fleet's name, and its region. */
export const FLEET_NAME = "test";
export const REGION = "local";

/** The address of the matcher, on the network of the test. */
export const MATCHER = "matcher";

function checkMayActivate({ session }: Battle): void {
  if (session.state === "ACTIVATING" || session.state === "ACTIVE") return;
  const why = `Cannot activate session ${session.battleSessionId} as it is ${session.state}`;
  throw new MusterError("PHASE_CONFLICT", why, { metadata: { phase: session.state } });
}
