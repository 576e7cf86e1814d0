// Starts one simulated server: a sidecar without a process, and the game behind it, whose behaviour a script writes.
import { type Clock, drawId, type Random } from "@muster/kit";
import {
  MusterError,
  parseAttributes,
  readBackfill,
  type SessionChange,
  toMusterError,
  writeEnum,
} from "@muster/proto";
import type { ProcessReady, StartSession, TerminateProcess } from "@muster/proto/fleet";
import { BackfillServiceDefinition } from "@muster/proto/matchmaking";
import type { Peer } from "@muster/proto/rpc";
import { BackfillStrategy, type ProposedFill } from "@muster/proto/session";
import type { Blow, RunningServer, ServerLaunch } from "../ports.ts";
import type { ProcessLog } from "./process-log.ts";
import {
  type SessionCalls,
  SessionHandle,
  type SimulatedScript,
  type SimulatedServer,
  unwrap,
} from "./simulated-server.ts";
import { type AttachCall, createSimulatedSidecar, type HostNews } from "./simulated-sidecar.ts";
import type { Timers } from "./timers.ts";

/** Refusals after which there is nothing to come back to. */
const FINAL: ReadonlySet<string> = new Set([
  "PROCESS_FENCED",
  "PROCESS_NOT_FOUND",
  "FLEET_NOT_FOUND",
  "CREDENTIALS_INVALID",
]);
/** Between two attempts to attach again, in ms. */
const RETRY_MS = 500;

export type ServerParts = {
  readonly attach: AttachCall;
  readonly clock: Clock;
  readonly timers: Timers;
  /** How long a game that stands still is believed to be well, in ms. */
  readonly healthMs: number;
  /** Of this process alone. */
  readonly random: Random;
  readonly script: SimulatedScript;
  /** @throws {MusterError} MATCHER_NOT_ALLOWED */
  readonly matcherAt: (endpoint: string) => Peer;
  readonly log: Pick<ProcessLog, "write">;
};

export type SimulatedProcess = RunningServer & { afflict(blow: Blow): void };

/** Attaches at once; its script runs when it is welcome. */
export function startSimulatedServer(launch: ServerLaunch, parts: ServerParts): SimulatedProcess {
  const { timers, random, log } = parts;
  const handles = new Map<string, SessionHandle>();
  /** What names the matcher of each session, and what it is shown: read when it is needed, as hardly ever it is. */
  const matchers = new Map<string, Pick<StartSession, "matcherEndpoint" | "capability">>();
  const handlers: Handlers = {};
  const exited = Promise.withResolvers<{ readonly how: string }>();
  let ready: ProcessReady | undefined;
  let hasBegun = false;
  let isGone = false;
  /** Nothing of what the game does or hears goes on. */
  let isFrozen = false;
  /** What it would have heard meanwhile. */
  let missed: (() => void)[] = [];

  const note = (where: string) => (error: unknown) => {
    if (!isGone) log.write(`${where}: ${toMusterError(error).message}`);
  };
  const unlessFrozen = (act: () => void) => {
    if (isFrozen) missed.push(act);
    else act();
  };
  const run = (where: string, work: () => unknown): Promise<unknown> | undefined => {
    try {
      const returned = work();
      return returned instanceof Promise ? returned.catch(note(where)) : undefined;
    } catch (error) {
      note(where)(error);
      return undefined;
    }
  };
  /** After whatever the session's callbacks are at, in order. */
  const callBack = (session: SessionHandle, where: string, work: () => unknown) => {
    const running = session.callbacks ? session.callbacks.then(() => run(where, work)) : run(where, work);
    session.callbacks = running;
    void running?.then(() => {
      if (session.callbacks === running) session.callbacks = undefined;
    });
  };
  const exit = (how: string) => {
    if (isGone) return;
    isGone = true;
    sidecar.detach();
    exited.resolve({ how });
  };
  const exitAs = (how: string) => {
    sidecar.command({ $case: "processExited", value: { how } }).then(() => exit(how), note("exit"));
  };

  const hear = (news: HostNews) => {
    if (isGone) return;
    // Its sidecar sees to the end of a game that stands still.
    if (isFrozen && news.type === "told" && news.message.$case === "terminateProcess")
      return endFrozen(news.message.value);
    unlessFrozen(() => hearAwake(news));
  };
  const hearAwake = (news: HostNews) => {
    switch (news.type) {
      case "session-started":
        return start(news);
      case "session-changed":
        return change(news.change);
      case "told":
        return told(news.message);
    }
  };
  const start = ({ session: value, told: message }: Started) => {
    const { battleSessionId } = value;
    matchers.set(battleSessionId, message);
    const known = handles.get(battleSessionId);
    if (known) {
      known.value = value; // Whole, as after an adoption: where backfill goes may be news, the battle is not.
      return;
    }
    const session = new SessionHandle(value, calls);
    handles.set(battleSessionId, session);
    const options = { activateBy: value.state === "ACTIVATING" ? message.activateBy : undefined };
    const { onStart } = handlers;
    callBack(session, "onStartBattleSession", () => {
      if (onStart) return onStart(session, options);
      return value.state === "ACTIVATING" ? session.activate() : undefined;
    });
  };
  const change = (news: SessionChange) => {
    const session = handles.get(news.battleSessionId);
    const value = sidecar.sessions.get(news.battleSessionId);
    if (!session || !value || value.revision !== news.revision || value === session.value) return;
    session.value = value;
    if (value.state === "TERMINATED") {
      handles.delete(news.battleSessionId);
      matchers.delete(news.battleSessionId);
      sidecar.forget(news.battleSessionId);
    }
    const { onUpdate } = handlers;
    if (news.reason === "SESSION_TERMINATING" && !onUpdate) {
      callBack(session, "SESSION_TERMINATING", () => session.terminate());
    }
    if (!onUpdate) return;
    const update = {
      session,
      reason: news.reason,
      added: news.added.map((seat) => session.playerOf(seat)),
      removed: news.removed,
      updated: news.updated.map((seat) => session.playerOf(seat)),
      backfill: value.backfill,
    };
    callBack(session, "onBattleSessionUpdated", () => onUpdate(update));
  };
  const told = (message: Told) => {
    switch (message.$case) {
      case "welcome":
        if (hasBegun) return sidecar.sayAgain();
        hasBegun = true;
        void begin();
        return;
      case "approveFill":
        if (message.value.fill) void approve(message.value.fill);
        return;
      case "terminateProcess":
        return terminate(message.value);
      case "heartbeat":
      case "terminateSession": // The change to TERMINATING says the same.
        return;
    }
  };
  const begin = async () => {
    await run("script", () => parts.script(server));
    if (!ready && !isGone) await server.processReady().catch(note("processReady"));
  };
  const approve = async (fill: ProposedFill) => {
    const { fillId, battleSessionId, newcomers } = fill;
    const session = handles.get(battleSessionId);
    let approved = session !== undefined;
    if (session && handlers.onFill) {
      const proposed = {
        session,
        newcomers: newcomers.map(({ playerId, team, ticketId, attributes }) => ({
          ...{ playerId, team: team || undefined, ticketId: ticketId || undefined },
          attributes: parseAttributes("newcomers.attributes", attributes),
        })),
      };
      approved = false;
      const { onFill } = handlers;
      await run("approveFill", async () => {
        approved = (await onFill(proposed)) === true;
      });
    }
    sidecar.send({ message: { $case: "fillAnswer", value: { fillId, approved } } });
  };
  const terminate = ({ deadline, reason }: TerminateProcess) => {
    const { onTerminate } = handlers;
    if (!onTerminate) return exitAs("exit 0");
    void run("onProcessTerminate", () => onTerminate({ deadline: deadline ?? new Date(0), reason }));
  };

  const endFrozen = ({ deadline }: TerminateProcess) => {
    timers.after((deadline?.getTime() ?? 0) - parts.clock.wallMs(), () => exitAs("SIGKILL"));
  };
  const afflict = (blow: Blow) => {
    switch (blow) {
      case "crash":
        return exitAs("SIGKILL");
      case "freeze":
        isFrozen = true;
        return;
      case "freeze-game": {
        isFrozen = true;
        const why = "the game does not answer";
        return timers.after(parts.healthMs, () => {
          if (isFrozen) sidecar.command({ $case: "processUnhealthy", value: { why } }).catch(note("processUnhealthy"));
        });
      }
      case "thaw": {
        isFrozen = false;
        const acts = missed;
        missed = [];
        for (const act of acts) act();
      }
    }
  };

  const matcherOf = (battleSessionId: string) => {
    const message = matchers.get(battleSessionId);
    if (!message?.matcherEndpoint) {
      throw new MusterError("BATTLE_SESSION_NOT_FOUND", "Cannot backfill the session as no matcher made it");
    }
    const client = parts.matcherAt(message.matcherEndpoint).client(BackfillServiceDefinition);
    return { client, capability: message.capability, seenRevision: handles.get(battleSessionId)?.value.revision ?? 0 };
  };
  const presentBackfill = (backfill: Parameters<typeof readBackfill>[0] | undefined) => {
    if (backfill) return readBackfill(backfill);
    throw new MusterError("INTERNAL_FAULT", "Cannot read the matcher's answer as it names no backfill");
  };
  const calls: SessionCalls = {
    command: (body) =>
      new Promise((resolve, reject) => {
        // A game that stands still says it once it goes on.
        unlessFrozen(() => {
          sidecar
            .command(body)
            .then((result) => resolve(unwrap(result)))
            .catch(reject);
        });
      }),
    async accept(playerSessionId) {
      const requestId = drawId("req", random);
      const value = { playerSessionId, requestId, reconnectSecret: "", givenReconnectSecret: "" };
      await calls.command({ $case: "acceptSeat", value });
    },
    async startBackfill(battleSessionId, { strategy = "MAX_POSSIBLE", addPlayers = {}, replace = false }) {
      const { client, ...presented } = matcherOf(battleSessionId);
      const { backfill } = await client.startBackfill({
        ...{ battleSessionId, replace, requestId: drawId("req", random), configuration: undefined, players: undefined },
        ...{ strategy: writeEnum(BackfillStrategy, strategy), addPlayers: { ...addPlayers } },
        ...presented,
      });
      return presentBackfill(backfill);
    },
    async cancelBackfill(battleSessionId) {
      const { client, ...presented } = matcherOf(battleSessionId);
      const request = { battleSessionId, requestId: drawId("req", random), ...presented };
      return presentBackfill((await client.cancelBackfill(request)).backfill);
    },
  };

  const server: SimulatedServer = {
    processId: launch.processId,
    fleet: launch.fleet.name,
    region: launch.fleet.region,
    get sessions() {
      return [...handles.values()];
    },
    onStartBattleSession: (handler) => {
      handlers.onStart = handler;
    },
    onBattleSessionUpdated: (handler) => {
      handlers.onUpdate = handler;
    },
    approveFill: (handler) => {
      handlers.onFill = handler;
    },
    onProcessTerminate: (handler) => {
      handlers.onTerminate = handler;
    },
    async processReady({ concurrentSessions = launch.fleet.simulated?.concurrentSessions ?? 1 } = {}) {
      ready = { ports: {}, concurrentSessions };
      await calls.command({ $case: "processReady", value: ready });
    },
    async processEnding() {
      await calls.command({ $case: "processEnding", value: {} });
      exitAs("exit 0");
    },
    acceptPlayerSession: calls.accept,
    sleep: (delayMs) =>
      new Promise((resolve) => {
        timers.after(delayMs, () => {
          if (!isGone) resolve();
        });
      }),
    random: () => random.fraction(),
    log: log.write,
    crash: (how = "SIGSEGV") => exitAs(how),
  };

  const sidecar = createSimulatedSidecar({
    attach: parts.attach,
    launch,
    attachGeneration: launch.attachGeneration,
    ready: () => ready,
    onNews: hear,
    onEnd(error) {
      if (isGone) return;
      if (error && FINAL.has(error.reason)) return exit("exit 1");
      timers.after(RETRY_MS, () => {
        if (!isGone) sidecar.attach();
      });
    },
  });
  sidecar.attach();
  return { exited: exited.promise, terminate: () => exit("exit 0"), kill: () => exit("SIGKILL"), afflict };
}

type Started = Extract<HostNews, { readonly type: "session-started" }>;
type Told = Extract<HostNews, { readonly type: "told" }>["message"];

type Handlers = {
  onStart?: Parameters<SimulatedServer["onStartBattleSession"]>[0];
  onUpdate?: Parameters<SimulatedServer["onBattleSessionUpdated"]>[0];
  onFill?: Parameters<SimulatedServer["approveFill"]>[0];
  onTerminate?: Parameters<SimulatedServer["onProcessTerminate"]>[0];
};
