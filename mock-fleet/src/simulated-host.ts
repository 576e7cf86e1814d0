// A sidecar with its game, without a process: attaches to a fleet, folds what it is told, and does what a test asks of it.
// It behaves well unless told otherwise, so that a test says only what is unusual.
import type { BattleSession, MusterError, ProcessId } from "@muster/proto";
import {
  type AttachRequest,
  type CommandResult,
  type Hello,
  HostServiceDefinition,
  type StartSession,
  type TerminateProcess,
  type Welcome,
} from "@muster/proto/fleet";
import type { Network } from "@muster/proto/rpc";
import type { ProposedFill } from "@muster/proto/session";
import type { RunningServer, ServerLaunch } from "./ports.ts";
import { createSimulatedSidecar, type HostCommandBody, type HostNews } from "./simulated/simulated-sidecar.ts";

export type SimulatedHostOptions = {
  readonly network: Network;
  readonly launch: Pick<ServerLaunch, "processId" | "incarnation" | "secret" | "hostAddress"> & {
    readonly fleet: { readonly name: string };
  };
  /** Says that it is ready as soon as it is attached. Default true. */
  readonly ready?: boolean;
  /** Activates sessions as they come. Default true. */
  readonly activates?: boolean;
  /** Ends sessions and the process when asked. Default true. */
  readonly obeys?: boolean;
  /** The game's word on newcomers. Undefined: it is silent. Default: they are welcome. */
  readonly approves?: (fill: ProposedFill) => boolean | undefined;
  /** Says in its first Hello, in place of the truth. */
  readonly hello?: Partial<Hello>;
  /** Sessions at once that it declares. Default 1. */
  readonly concurrentSessions?: number;
};

export interface SimulatedHost extends RunningServer {
  readonly processId: ProcessId;
  /** Sessions as the game's side knows them, ended ones included. */
  readonly sessions: ReadonlyMap<string, BattleSession>;
  readonly started: readonly StartSession[];
  readonly welcomes: readonly Welcome[];
  readonly terminations: readonly TerminateProcess[];
  /** Revisions in the order in which they came, as "bs_… 3". */
  readonly seen: readonly string[];
  /** Why the last stream ended. Undefined: it is open, or ended without an error. */
  readonly lastError: MusterError | undefined;
  /** Sends a command; resolves with its result, and never if the stream ends before. */
  command(body: HostCommandBody, commandId?: string): Promise<CommandResult>;
  /** Sends a message as it is. */
  send(message: AttachRequest): void;
  /** Breaks the stream; the game lives on. */
  detach(): void;
  /** Opens a stream anew, with what is known. */
  attach(more?: Partial<Hello>): void;
  /** Opens a stream whose first message is this. */
  attachWith(message: AttachRequest): void;
  /** Ends as a crash of sidecar and game does. */
  die(how?: string): void;
  /** Resolves when `condition` holds, looked at after each message and each end of a stream. */
  until(condition: () => boolean): Promise<void>;
}

/** Attaches at once. */
export function createSimulatedHost(options: SimulatedHostOptions): SimulatedHost {
  const {
    network,
    launch,
    ready = true,
    activates = true,
    obeys = true,
    concurrentSessions = 1,
    approves = () => true,
  } = options;
  const peer = network.connect(launch.hostAddress);
  const client = peer.client(HostServiceDefinition);
  const started: StartSession[] = [];
  const welcomes: Welcome[] = [];
  const terminations: TerminateProcess[] = [];
  const seen: string[] = [];
  const watchers = new Set<() => void>();
  let isReady = false;
  let lastError: MusterError | undefined;
  let resolveExited: (exit: { how: string }) => void = () => undefined;
  const exited = new Promise<{ how: string }>((resolve) => {
    resolveExited = resolve;
  });
  const changed = () => {
    for (const watcher of [...watchers]) watcher();
  };

  const handle = (news: HostNews) => {
    switch (news.type) {
      case "session-started": {
        const { session, told } = news;
        started.push(told);
        seen.push(`${session.battleSessionId} ${session.revision}`);
        const { battleSessionId } = session;
        if (activates) void command({ $case: "activateSession", value: { battleSessionId } });
        return;
      }
      case "session-changed":
        seen.push(`${news.change.battleSessionId} ${news.change.revision}`);
        return;
      case "told":
        return hear(news.message);
    }
  };
  const hear = (message: Extract<HostNews, { type: "told" }>["message"]) => {
    switch (message.$case) {
      case "welcome":
        welcomes.push(message.value);
        if (ready && !isReady) {
          isReady = true;
          void command({ $case: "processReady", value: { ports: {}, concurrentSessions } });
        }
        return;
      case "approveFill": {
        const { fill } = message.value;
        const approved = fill && approves(fill);
        if (approved === undefined) return;
        sidecar.send({ message: { $case: "fillAnswer", value: { fillId: fill?.fillId ?? "", approved } } });
        return;
      }
      case "terminateProcess":
        terminations.push(message.value);
        if (obeys) {
          void command({ $case: "processExited", value: { how: "exit 0" } }).then(() =>
            resolveExited({ how: "exit 0" }),
          );
        }
        return;
      case "terminateSession":
        if (obeys) void command({ $case: "endSession", value: message.value });
        return;
    }
  };
  const sidecar = createSimulatedSidecar({
    attach: client.attach,
    launch,
    ready: () => (isReady ? { ports: {}, concurrentSessions } : undefined),
    onNews: (news) => {
      handle(news);
      changed();
    },
    onEnd: (error) => {
      lastError = error;
      changed();
    },
  });
  const command = async (body: HostCommandBody, commandId?: string) => {
    const result = await sidecar.command(body, commandId);
    // A sidecar follows its game.
    if (body.$case === "processExited" && !result.error) resolveExited({ how: body.value.how });
    return result;
  };
  const attach = (more: Partial<Hello> = {}) => {
    lastError = undefined;
    sidecar.attach({ pid: 4_711, ...more });
  };
  const die = (how = "SIGKILL") => {
    sidecar.detach();
    resolveExited({ how });
    void peer[Symbol.asyncDispose]();
  };
  attach(options.hello);

  return {
    processId: launch.processId,
    exited,
    terminate: () => {
      if (obeys) die("exit 0");
    },
    kill: () => die(),
    sessions: sidecar.sessions,
    started,
    welcomes,
    terminations,
    seen,
    get lastError() {
      return lastError;
    },
    command,
    send: sidecar.send,
    detach: sidecar.detach,
    attach,
    attachWith: (message) => {
      lastError = undefined;
      sidecar.attachWith(message);
    },
    die,
    until: (condition) =>
      new Promise((resolve) => {
        const look = () => {
          if (!condition()) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
  };
}
