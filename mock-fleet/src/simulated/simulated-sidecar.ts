// What stands in for a sidecar where there is no process: attaches to a fleet, folds what it is told of sessions, numbers
// commands and finds their answers. What a game would do with it is somebody else's. It acknowledges nothing: the fleet it stands in has
// lost nothing on the way, and keeps changes by number.
import { type Channel, createChannel } from "@muster/kit";
import {
  applySessionChange,
  type BattleSession,
  type MusterError,
  readBattleSession,
  readSessionChange,
  type SessionChange,
  toMusterError,
} from "@muster/proto";
import type {
  AttachRequest,
  AttachResponse,
  CommandResult,
  Hello,
  HostCommand,
  ProcessReady,
  StartSession,
} from "@muster/proto/fleet";
import type { ServerLaunch } from "../ports.ts";

export type HostCommandBody = NonNullable<HostCommand["command"]>;

/** Opens a stream, as `HostService.Attach` does. */
export type AttachCall = (
  requests: AsyncIterable<AttachRequest>,
  options: { readonly signal: AbortSignal },
) => AsyncIterable<AttachResponse>;

/** What the fleet said, after it was folded into `sessions`. */
export type HostNews =
  | { readonly type: "session-started"; readonly session: BattleSession; readonly told: StartSession }
  /** `session` is undefined for a change of a session that the sidecar does not know. */
  | { readonly type: "session-changed"; readonly session: BattleSession | undefined; readonly change: SessionChange }
  | { readonly type: "told"; readonly message: Exclude<NonNullable<AttachResponse["message"]>, { $case: "result" }> };

export type SimulatedSidecarOptions = {
  readonly attach: AttachCall;
  readonly launch: Pick<ServerLaunch, "processId" | "incarnation" | "secret"> & {
    readonly fleet: { readonly name: string };
  };
  /** Of an earlier sidecar of the process. Default 0. */
  readonly attachGeneration?: number;
  /** What the game has said of its readiness. Undefined: it has not. */
  readonly ready: () => ProcessReady | undefined;
  readonly onNews: (news: HostNews) => void;
  /** The stream has ended; `error` unless it was ended in order, or by us. */
  readonly onEnd: (error: MusterError | undefined) => void;
};

export interface SimulatedSidecar {
  /** As the game's side knows them; ended ones until `forget`. */
  readonly sessions: ReadonlyMap<string, BattleSession>;
  /** Sends a command; resolves with its result, and never if the stream ends before and it is not said again. */
  command(body: HostCommandBody, commandId?: string): Promise<CommandResult>;
  /** Sends a message as it is. */
  send(message: AttachRequest): void;
  /** Opens a stream anew, with what is known. */
  attach(more?: Partial<Hello>): void;
  /** Opens a stream whose first message is this. */
  attachWith(message: AttachRequest): void;
  /** Says every command again that has no answer, in order, under its id. */
  sayAgain(): void;
  /** Breaks the stream; the game lives on. */
  detach(): void;
  forget(battleSessionId: string): void;
}

/** Not attached yet. */
export function createSimulatedSidecar(options: SimulatedSidecarOptions): SimulatedSidecar {
  const { launch, ready, onNews, onEnd } = options;
  const sessions = new Map<string, BattleSession>();
  const waiting = new Map<
    string,
    { readonly body: HostCommandBody; readonly answer: (result: CommandResult) => void }
  >();
  let outgoing: Channel<AttachRequest> = createChannel();
  let stop = new AbortController();
  let generation = options.attachGeneration ?? 0;
  let commands = 0;

  const handle = ({ message }: AttachResponse) => {
    if (!message) return;
    switch (message.$case) {
      case "result": {
        const known = waiting.get(message.value.commandId);
        waiting.delete(message.value.commandId);
        known?.answer(message.value);
        return;
      }
      case "startSession": {
        if (!message.value.session) return;
        const session = readBattleSession(message.value.session);
        sessions.set(session.battleSessionId, session);
        onNews({ type: "session-started", session, told: message.value });
        return;
      }
      case "sessionChange": {
        const change = readSessionChange(message.value);
        const known = sessions.get(change.battleSessionId);
        // One that comes a second time is old news.
        const session = known && change.revision > known.revision ? applySessionChange(known, change) : known;
        if (session) sessions.set(change.battleSessionId, session);
        onNews({ type: "session-changed", session: session === known ? undefined : session, change });
        return;
      }
      case "welcome":
        for (const id of message.value.endedSessionIds) sessions.delete(id);
        onNews({ type: "told", message });
        return;
      default:
        onNews({ type: "told", message });
    }
  };
  const write = (commandId: string, command: HostCommandBody) =>
    outgoing.push({ message: { $case: "command", value: { commandId, command } } });
  const detach = () => {
    outgoing.close();
    stop.abort();
  };
  const read = async (responses: AsyncIterable<AttachResponse>, signal: AbortSignal) => {
    try {
      for await (const response of responses) handle(response);
    } catch (error) {
      if (!signal.aborted) return onEnd(toMusterError(error));
    }
    if (!signal.aborted) onEnd(undefined);
  };
  const attachWith = (message: AttachRequest) => {
    detach();
    outgoing = createChannel();
    stop = new AbortController();
    outgoing.push(message);
    void read(options.attach(outgoing, { signal: stop.signal }), stop.signal);
  };

  return {
    sessions,
    command: (body, commandId) =>
      new Promise((answer) => {
        commands += 1;
        const id = commandId ?? `c${generation}.${commands}`;
        waiting.set(id, { body, answer });
        write(id, body);
      }),
    send: (message) => void outgoing.push(message),
    attach(more = {}) {
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
            pid: 0,
            knownSessions: [...sessions].map(([battleSessionId, { revision }]) => ({ battleSessionId, revision })),
            ready: ready(),
            carriedOut: [],
            ...more,
          },
        },
      });
    },
    attachWith,
    sayAgain() {
      for (const [id, { body }] of waiting) write(id, body);
    },
    detach,
    forget: (battleSessionId) => void sessions.delete(battleSessionId),
  };
}
