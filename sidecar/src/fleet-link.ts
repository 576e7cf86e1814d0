// The one stream between sidecar and fleet: attached again whenever it breaks, commands sent again until they have a result.
import {
  abortError,
  backoffMs,
  type Channel,
  type Clock,
  createChannel,
  drawId,
  isAbortError,
  type Random,
} from "@muster/kit";
import { MusterError, readReason } from "@muster/proto";
import {
  type AttachRequest,
  type AttachResponse,
  type CommandResult,
  type FillAnswer,
  type Hello,
  type HostCommand,
  HostServiceDefinition,
  type Welcome,
} from "@muster/proto/fleet";
import type { Peer } from "@muster/proto/rpc";
import type { Log } from "./log.ts";

export type Command = NonNullable<HostCommand["command"]>;
export type FleetMessage = NonNullable<AttachResponse["message"]>;

export interface FleetLink {
  /** The fleet has welcomed this sidecar and the stream is open. */
  readonly attached: boolean;
  /** The last Welcome, also while the fleet is away. */
  readonly welcome: Welcome | undefined;
  /** When the fleet was last heard, by the clock, which may be long before its absence was noticed; undefined while attached. */
  readonly awaySinceMs: number | undefined;
  /** Sends the command, again after each reconnect, until the fleet answers or `signal` aborts. */
  command(command: Command, signal: AbortSignal): Promise<CommandResult>;
  /** Notes a command that has been carried out already: announced, in order, until the fleet has answered. */
  announce(command: Command): void;
  /** Announced commands that the fleet has not answered yet. */
  readonly backlog: number;
  acknowledge(battleSessionId: string, revision: number): void;
  /** The game's word on newcomers. Of the moment: nobody hears it while the fleet is away. */
  answerFill(answer: FillAnswer): void;
  /** Runs until `signal` aborts, or rejects with the fleet's final word: PROCESS_FENCED, CREDENTIALS_INVALID, …. */
  run(signal: AbortSignal): Promise<void>;
}

export type FleetLinkOptions = {
  readonly peer: Peer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** The Hello of this attempt, without what the link itself keeps. */
  readonly hello: () => Omit<Hello, "carriedOut">;
  readonly onMessage: (message: FleetMessage) => void;
  /** The stream opened with a Welcome, or broke. */
  readonly onAttachedChange: (attached: boolean) => void;
};

/** Reasons after which another attempt would hear the same. */
const FINAL: ReadonlySet<string> = new Set([
  "PROCESS_FENCED",
  "CREDENTIALS_INVALID",
  "PROCESS_NOT_FOUND",
  "FLEET_NOT_FOUND",
]);
/** Commands that one Hello carries: they fit into a message, however long their ids. The others follow the Welcome. */
const HELLO_COMMANDS_MAX = 1_000;
/** How often a heartbeat is sent to a fleet that has not said it, in ms. */
const HEARTBEAT_MS = 5_000;
/** Heartbeats of the fleet that may be missed before the stream counts as dead. */
const HEARTBEATS_MISSED_MAX = 3;

type Pending = {
  readonly command: HostCommand;
  readonly resolve: (result: CommandResult) => void;
  readonly reject: (error: unknown) => void;
};

/** A link that is not attached yet. */
export function createFleetLink(options: FleetLinkOptions): FleetLink {
  const { peer, clock, random, log, onMessage, onAttachedChange } = options;
  const host = peer.client(HostServiceDefinition);
  const pending = new Map<string, Pending>();
  const carriedOut = new Map<string, HostCommand>();
  let requests: Channel<AttachRequest> | undefined;
  let welcome: Welcome | undefined;
  let attached = false;
  let awaySinceMs: number | undefined = clock.nowMs();
  let heardMs = 0;

  const send = (message: NonNullable<AttachRequest["message"]>) => requests?.push({ message });
  const setAttached = (value: boolean) => {
    if (attached === value) return;
    attached = value;
    awaySinceMs = value ? undefined : heardMs;
    onAttachedChange(value);
  };

  /** Cuts the wait for the next heartbeat short. */
  let beatNow: () => void = () => undefined;

  const receive = (message: FleetMessage, inHello: ReadonlySet<string>) => {
    heardMs = clock.nowMs();
    switch (message.$case) {
      case "welcome":
        if (welcome?.heartbeatIntervalMs !== message.value.heartbeatIntervalMs) beatNow();
        welcome = message.value;
        onMessage(message);
        setAttached(true);
        // What the Hello had no room for, and what was carried out since, goes as commands of its own.
        for (const command of carriedOut.values()) {
          if (!inHello.has(command.commandId)) send({ $case: "command", value: command });
        }
        for (const { command } of pending.values()) send({ $case: "command", value: command });
        return;
      case "result": {
        const { commandId, error } = message.value;
        const waiting = pending.get(commandId);
        pending.delete(commandId);
        const announced = carriedOut.get(commandId);
        if (announced && error) {
          const { reason } = error;
          log("warn", "The fleet refused what was carried out", { command: announced.command?.$case, reason });
        }
        carriedOut.delete(commandId);
        waiting?.resolve(message.value);
        return;
      }
      case "heartbeat":
        return;
      default:
        onMessage(message);
    }
  };

  /** Sends heartbeats, and ends the attempt when the fleet's own stay away. */
  const beat = async (attempt: AbortController) => {
    for (;;) {
      // Before the first Welcome nobody knows how often; with it the wait starts anew.
      const intervalMs = welcome?.heartbeatIntervalMs || HEARTBEAT_MS;
      await pause(intervalMs, attempt.signal);
      send({ $case: "heartbeat", value: {} });
      if (clock.nowMs() - heardMs > HEARTBEATS_MISSED_MAX * intervalMs) {
        log("warn", "The fleet is silent: attaching anew");
        attempt.abort(abortError("The fleet is silent"));
      }
    }
  };

  /** Resolves after the time or at `beatNow`. */
  const pause = async (delayMs: number, signal: AbortSignal): Promise<void> => {
    const pausing = new AbortController();
    const stop = () => pausing.abort(signal.reason);
    let isCutShort = false;
    beatNow = () => {
      isCutShort = true;
      pausing.abort();
    };
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    try {
      await clock.sleep(delayMs, pausing.signal);
    } catch (error) {
      if (!isCutShort || signal.aborted) throw error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  };

  const attachOnce = async (signal: AbortSignal): Promise<void> => {
    const attempt = new AbortController();
    const stop = () => attempt.abort(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    requests = createChannel<AttachRequest>();
    heardMs = clock.nowMs();
    const first = [...carriedOut.values()].slice(0, HELLO_COMMANDS_MAX);
    const inHello = new Set(first.map(({ commandId }) => commandId));
    send({ $case: "hello", value: { ...options.hello(), carriedOut: first } });
    const beating = beat(attempt).catch((error: unknown) => {
      if (!isAbortError(error)) throw error;
    });
    try {
      for await (const { message } of host.attach(requests, { signal: attempt.signal })) {
        if (message) receive(message, inHello);
      }
    } finally {
      signal.removeEventListener("abort", stop);
      attempt.abort(abortError());
      requests.close();
      requests = undefined;
      setAttached(false);
      await beating;
    }
  };

  return {
    get attached() {
      return attached;
    },
    get welcome() {
      return welcome;
    },
    get awaySinceMs() {
      return awaySinceMs;
    },
    command: (command, signal) =>
      new Promise<CommandResult>((resolve, reject) => {
        const value: HostCommand = { commandId: drawId("cmd", random), command };
        const done = () => signal.removeEventListener("abort", giveUp);
        const giveUp = () => {
          pending.delete(value.commandId);
          reject(new MusterError("FLEET_UNREACHABLE", "Cannot finish the call as the fleet did not answer in time"));
        };
        if (signal.aborted) return giveUp();
        signal.addEventListener("abort", giveUp, { once: true });
        pending.set(value.commandId, {
          command: value,
          resolve: (result) => {
            done();
            const { error } = result;
            if (!error) return resolve(result);
            reject(new MusterError(readReason(error.reason, "INTERNAL"), error.message, { metadata: error.metadata }));
          },
          reject: (error) => {
            done();
            reject(error);
          },
        });
        if (attached) send({ $case: "command", value });
      }),
    announce(command) {
      const value: HostCommand = { commandId: drawId("cmd", random), command };
      carriedOut.set(value.commandId, value);
      if (attached) send({ $case: "command", value });
    },
    get backlog() {
      return carriedOut.size;
    },
    acknowledge(battleSessionId, revision) {
      if (attached) send({ $case: "acknowledge", value: { battleSessionId, revision } });
    },
    answerFill(answer) {
      if (attached) send({ $case: "fillAnswer", value: answer });
    },
    async run(signal) {
      for (let attempt = 1; !signal.aborted; attempt += 1) {
        const startedMs = clock.nowMs();
        try {
          await attachOnce(signal);
        } catch (error) {
          if (signal.aborted) break;
          if (error instanceof MusterError && FINAL.has(error.reason)) {
            for (const { reject } of [...pending.values()]) reject(error);
            pending.clear();
            throw error;
          }
          const why = error instanceof Error ? error.message : String(error);
          log(attempt === 1 ? "warn" : "debug", "The fleet is away", { why });
        }
        if (clock.nowMs() - startedMs > 5_000) attempt = 1;
        await clock.sleep(backoffMs(attempt, random, { maxMs: 2_000 }), signal).catch(() => undefined); // The loop looks itself.
      }
    },
  };
}
