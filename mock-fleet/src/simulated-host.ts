// A sidecar with its game, without a process: attaches to a fleet, folds what it is told, and does what a test asks of it.
// It behaves well unless told otherwise, so that a test says only what is unusual.
import { type Channel, createChannel } from "@muster/kit";
import {
  applySessionChange,
  type BattleSession,
  type MusterError,
  type ProcessId,
  readBattleSession,
  readSessionChange,
  toMusterError,
} from "@muster/proto";
import {
  type AttachRequest,
  type AttachResponse,
  type CommandResult,
  type Hello,
  type HostCommand,
  HostServiceDefinition,
  type StartSession,
  type TerminateProcess,
  type Welcome,
} from "@muster/proto/fleet";
import type { Network } from "@muster/proto/rpc";
import type { ProposedFill } from "@muster/proto/session";
import type { RunningServer, ServerLaunch } from "./ports.ts";

export type HostCommandBody = NonNullable<HostCommand["command"]>;

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
  const sessions = new Map<string, BattleSession>();
  const started: StartSession[] = [];
  const welcomes: Welcome[] = [];
  const terminations: TerminateProcess[] = [];
  const seen: string[] = [];
  const results = new Map<string, (result: CommandResult) => void>();
  const watchers = new Set<() => void>();
  let outgoing: Channel<AttachRequest> = createChannel();
  let stop = new AbortController();
  let generation = 0;
  let commands = 0;
  let isReady = false;
  let lastError: MusterError | undefined;
  let resolveExited: (exit: { how: string }) => void = () => undefined;
  const exited = new Promise<{ how: string }>((resolve) => {
    resolveExited = resolve;
  });
  const changed = () => {
    for (const watcher of [...watchers]) watcher();
  };

  const handle = ({ message }: AttachResponse) => {
    switch (message?.$case) {
      case "welcome":
        welcomes.push(message.value);
        for (const id of message.value.endedSessionIds) sessions.delete(id);
        if (ready && !isReady) {
          isReady = true;
          void command({ $case: "processReady", value: { ports: {}, concurrentSessions } });
        }
        return;
      case "startSession": {
        started.push(message.value);
        const { session } = message.value;
        if (!session) return;
        sessions.set(session.battleSessionId, readBattleSession(session));
        seen.push(`${session.battleSessionId} ${session.revision}`);
        outgoing.push(acknowledgeOf(session));
        const { battleSessionId } = session;
        if (activates) void command({ $case: "activateSession", value: { battleSessionId } });
        return;
      }
      case "sessionChange": {
        const change = readSessionChange(message.value);
        const known = sessions.get(change.battleSessionId);
        if (known) sessions.set(change.battleSessionId, applySessionChange(known, change));
        seen.push(`${change.battleSessionId} ${change.revision}`);
        outgoing.push(acknowledgeOf(change));
        return;
      }
      case "approveFill": {
        const { fill } = message.value;
        const approved = fill && approves(fill);
        if (approved === undefined) return;
        outgoing.push({ message: { $case: "fillAnswer", value: { fillId: fill?.fillId ?? "", approved } } });
        return;
      }
      case "result":
        results.get(message.value.commandId)?.(message.value);
        results.delete(message.value.commandId);
        return;
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
  const nextCommandId = () => {
    commands += 1;
    return `c${commands}`;
  };
  const command = (body: HostCommandBody, commandId = nextCommandId()) =>
    new Promise<CommandResult>((resolve) => {
      results.set(commandId, (result) => {
        resolve(result);
        // A sidecar follows its game.
        if (body.$case === "processExited" && !result.error) resolveExited({ how: body.value.how });
      });
      outgoing.push({ message: { $case: "command", value: { commandId, command: body } } });
    });
  const attachWith = (message: AttachRequest) => {
    detach();
    outgoing = createChannel();
    stop = new AbortController();
    lastError = undefined;
    outgoing.push(message);
    void read(client.attach(outgoing, { signal: stop.signal }), stop.signal);
  };
  const attach = (more: Partial<Hello> = {}) => {
    generation += 1;
    attachWith({
      message: {
        $case: "hello",
        value: {
          processId: launch.processId,
          incarnation: launch.incarnation,
          attachGeneration: generation,
          secret: launch.secret,
          fleet: launch.fleet.name,
          sidecarVersion: "simulated",
          pid: 4_711,
          knownSessions: [...sessions].map(([battleSessionId, { revision }]) => ({ battleSessionId, revision })),
          ready: isReady ? { ports: {}, concurrentSessions } : undefined,
          carriedOut: [],
          ...more,
        },
      },
    });
  };
  const read = async (responses: AsyncIterable<AttachResponse>, signal: AbortSignal) => {
    try {
      for await (const response of responses) {
        handle(response);
        changed();
      }
    } catch (error) {
      if (!signal.aborted) lastError = toMusterError(error);
    }
    changed();
  };
  const detach = () => {
    outgoing.close();
    stop.abort();
  };
  const die = (how = "SIGKILL") => {
    detach();
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
    sessions,
    started,
    welcomes,
    terminations,
    seen,
    get lastError() {
      return lastError;
    },
    command,
    send: (message) => void outgoing.push(message),
    detach,
    attach,
    attachWith,
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

function acknowledgeOf({ battleSessionId, revision }: { battleSessionId: string; revision: number }): AttachRequest {
  return { message: { $case: "acknowledge", value: { battleSessionId, revision } } };
}
