// The fleet's feed of sessions and placements, read for as long as the matcher lives: after a break it goes on where it was,
// or with a snapshot where that is not possible.
import { backoffMs, isAbortError } from "@muster/kit";
import type { BattleSession, SessionChange } from "@muster/proto";
import { MusterError, type PlacementId, type ServerSessionId, toMusterError } from "@muster/proto";
import type { PlacementReport } from "./core/session-view.ts";
import type { FeedMessage } from "./ports.ts";
import type { Workshop } from "./workshop.ts";

export type FeedEvents = {
  /** A session is new, or differs from `before`. */
  onSession(session: BattleSession, before: BattleSession | undefined): void;
  onPlacement(report: PlacementReport): void;
  /** A snapshot is complete: sessions that it did not name do not live, placements that it did not name are not pending. */
  onSnapshot(placements: ReadonlySet<PlacementId>): void;
};

/** Silence after which the stream is opened anew, in ms: three of the fleet's heartbeats and more. */
const SILENCE_MS_MAX = 20_000;
/** The same before the first message, in ms: two heartbeats. Whoever was asked may be gone, and the call with him. */
const FIRST_MS_MAX = 10_000;

/** Reads until `signal` aborts. Never rejects for a fault of the world; a mistake of ours goes to `onFatal`. */
export async function readSessionFeed(workshop: Workshop, events: FeedEvents, signal: AbortSignal): Promise<void> {
  const { fleet, view, clock, random, log, viewChanged } = workshop;
  let resumeToken = "";
  let snapshot: Set<PlacementId> | undefined;

  const onMessage = (message: FeedMessage) => {
    switch (message.type) {
      case "snapshot-begin":
        snapshot = new Set();
        view.beginSnapshot();
        break;
      case "session": {
        const before = view.find(message.session.battleSessionId);
        if (view.put(message.session)) events.onSession(message.session, before);
        break;
      }
      case "session-change":
        onChange(message.change);
        break;
      case "placement":
        snapshot?.add(message.report.placementId);
        events.onPlacement(message.report);
        break;
      case "placement-fulfilled": {
        const { placementId, battleSessionId } = message;
        const session = view.find(battleSessionId);
        if (!session) throw gap(battleSessionId);
        events.onPlacement({ placementId, state: "FULFILLED", session });
        break;
      }
      case "snapshot-end": {
        const named = snapshot ?? new Set();
        snapshot = undefined;
        view.endSnapshot();
        events.onSnapshot(named);
        break;
      }
      case "heartbeat":
        break;
    }
    viewChanged.ring();
    // In the middle of a snapshot there is nowhere to go on from.
    resumeToken = snapshot ? "" : message.resumeToken;
  };
  const onChange = (change: SessionChange) => {
    const before = view.find(change.battleSessionId);
    if (!before) return; // Not ours, or ended and dropped.
    if (change.revision > before.revision + 1) throw gap(change.battleSessionId);
    if (change.revision <= before.revision) return;
    const session = view.apply(change);
    if (session) events.onSession(session, before);
  };

  for (let attempt = 1; !signal.aborted; attempt += 1) {
    const silence = new AbortController();
    const watchdog = watchSilence();
    try {
      for await (const message of fleet.watchSessions(resumeToken, AbortSignal.any([signal, silence.signal]))) {
        watchdog.heard();
        attempt = 1;
        onMessage(message);
      }
      throw new MusterError("PEER_UNREACHABLE", "Cannot read on in the session feed as the fleet ended it");
    } catch (error) {
      if (signal.aborted) return;
      const { reason, message } = toMusterError(error);
      if (reason === "INTERNAL_FAULT" && !(error instanceof MusterError)) return workshop.onFatal(error);
      if (reason === "CURSOR_EXPIRED") resumeToken = "";
      if (snapshot) resumeToken = "";
      if (attempt === 1) log.warn({ reason, message }, "The session feed broke; trying again until it is back");
    } finally {
      silence.abort();
    }
    await clock.sleep(backoffMs(attempt, random), signal).catch(ignoreAbort);

    function watchSilence(): { heard(): void } {
      let silentFromMs = clock.nowMs() + FIRST_MS_MAX;
      const watch = async () => {
        // Whole ms, and by one reckoning: two that round otherwise may disagree for ever at one instant.
        const leftMs = () => Math.ceil(silentFromMs - clock.nowMs());
        while (leftMs() > 0) await clock.sleep(leftMs(), silence.signal);
        silence.abort();
      };
      watch().catch(ignoreAbort);
      return {
        heard() {
          silentFromMs = clock.nowMs() + SILENCE_MS_MAX;
        },
      };
    }
  }
}

function gap(battleSessionId: ServerSessionId): MusterError {
  const why = `Cannot follow session ${battleSessionId} as its changes come without a gap: one is missing`;
  return new MusterError("CURSOR_EXPIRED", why);
}

function ignoreAbort(error: unknown): void {
  if (!isAbortError(error)) throw error;
}
