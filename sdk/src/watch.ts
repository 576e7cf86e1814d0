// The stream of what happens to the process and its sessions, kept open for ever: it resumes where the game has got to.
import { backoffMs, type Clock, isAbortError, type Random } from "@muster/kit";
import {
  fieldInvalid,
  MusterError,
  readBattleSession,
  readSessionChange,
  readTimeMs,
  toMusterError,
} from "@muster/proto";
import type { Peer } from "@muster/proto/rpc";
import { GameServerServiceDefinition, type Opened, type WatchResponse } from "@muster/proto/sdk";
import type { SessionNews } from "./core/fold-news.ts";
import { type ProposedFill, readProposedFill } from "./fill-approval.ts";
import { SDK_LANGUAGE, SDK_NAME, SDK_VERSION } from "./sdk-version.ts";

export type WatchEvent =
  | ({ readonly type: "opened" } & Readonly<Opened>)
  | { readonly type: "news"; readonly battleSessionId: string; readonly news: SessionNews }
  | { readonly type: "health"; readonly checkId: string; readonly timeoutMs: number }
  | { readonly type: "fill-proposed"; readonly fill: ProposedFill }
  | { readonly type: "terminate"; readonly deadline: Date; readonly reason: string };

export type WatchOptions = {
  readonly peer: Peer;
  readonly clock: Clock;
  readonly random: Random;
  /** Ends the watch for good. */
  readonly signal: AbortSignal;
  /** By session: the last revision that the game has handled. Asked before each try. */
  readonly resumeAfter: () => Readonly<Record<string, number>>;
  /** Takes one event. What it throws breaks this stream, and another one is opened. */
  readonly onEvent: (event: WatchEvent) => void;
  /** The stream broke, or could not be opened: another try follows after a wait. */
  readonly onBroken: (error: MusterError) => void;
};

/**
 * Watches until `signal` aborts, opening the stream again after every break.
 *
 * @throws {MusterError} what a sidecar says when another try would be in vain: PHASE_CONFLICT if the process watches
 *   elsewhere, CREDENTIALS_INVALID, NOT_PERMITTED, METHOD_UNKNOWN.
 */
export async function runWatch(options: WatchOptions): Promise<void> {
  const { peer, clock, random, signal, resumeAfter, onEvent, onBroken } = options;
  const client = peer.client(GameServerServiceDefinition);
  let attempt = 0;
  while (!signal.aborted) {
    let broken = new MusterError("PEER_UNREACHABLE", "Cannot go on with the watch as the sidecar ended it");
    try {
      const request = {
        sdkName: SDK_NAME,
        sdkVersion: SDK_VERSION,
        sdkLanguage: SDK_LANGUAGE,
        resumeAfter: { ...resumeAfter() },
      };
      for await (const response of client.watch(request, { signal })) {
        const event = readWatchEvent(response);
        if (!event) continue; // Of a newer sidecar: nothing that this SDK could do about it.
        takeEvent(onEvent, event);
        if (event.type !== "opened") attempt = 0;
      }
    } catch (error) {
      if (signal.aborted) return;
      const wire = error instanceof Unhandled ? error.reason : toMusterError(error);
      if (!(error instanceof Unhandled) && isFinal(wire)) throw wire;
      broken = wire;
    }
    if (signal.aborted) return;
    onBroken(broken);
    attempt += 1;
    try {
      await clock.sleep(backoffMs(attempt, random, { maxMs: 2_000 }), signal);
    } catch (error) {
      if (!isAbortError(error)) throw error;
    }
  }
}

/** Our own side could not take the event: a gap, or a word of a newer sidecar. Never final. */
class Unhandled {
  readonly reason: MusterError;
  constructor(reason: MusterError) {
    this.reason = reason;
  }
}

function takeEvent(onEvent: WatchOptions["onEvent"], event: WatchEvent): void {
  try {
    onEvent(event);
  } catch (error) {
    throw new Unhandled(toMusterError(error));
  }
}

/** A break that the next try would meet again. Being called off by the other side is the end of a connection only. */
function isFinal(error: MusterError): boolean {
  return error.retry !== "backoff" && error.reason !== "CALL_CANCELLED";
}

function readWatchEvent({ event }: WatchResponse): WatchEvent | undefined {
  try {
    return readEvent(event);
  } catch (error) {
    throw new Unhandled(toMusterError(error));
  }
}

function readEvent(event: WatchResponse["event"]): WatchEvent | undefined {
  switch (event?.$case) {
    case "opened":
      return { type: "opened", ...event.value };
    case "startBattleSession": {
      const session = readBattleSession(required("start_battle_session.session", event.value.session));
      const activateByMs = readTimeMs("start_battle_session.activate_by", event.value.activateBy);
      return { type: "news", battleSessionId: session.battleSessionId, news: { type: "start", session, activateByMs } };
    }
    case "sessionSnapshot": {
      const session = readBattleSession(required("session_snapshot.session", event.value.session));
      return { type: "news", battleSessionId: session.battleSessionId, news: { type: "snapshot", session } };
    }
    case "battleSessionUpdated": {
      const { battleSessionId } = event.value;
      return { type: "news", battleSessionId, news: readChange(event.value) };
    }
    case "healthCheck":
      return { type: "health", ...event.value };
    case "fillProposed":
      return { type: "fill-proposed", fill: readProposedFill(event.value) };
    case "processTerminate": {
      const deadline = required("process_terminate.deadline", event.value.deadline);
      readTimeMs("process_terminate.deadline", deadline);
      return { type: "terminate", deadline, reason: event.value.reason };
    }
    case undefined:
      return undefined;
  }
}

function readChange(message: Parameters<typeof readSessionChange>[0]): SessionNews {
  try {
    return { type: "change", change: readSessionChange(message) };
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    return { type: "unreadable", revision: message.revision };
  }
}

function required<Value>(field: string, value: Value | undefined): Value {
  if (value !== undefined) return value;
  throw fieldInvalid(field, "present", "absent");
}
