// What games report of themselves on its way to the fleet: the last numbers of each session, about once a second, so that a
// game may report as often as it likes and the fleet's journal does not fill with it.
import { type Clock, isAbortError } from "@muster/kit";
import type { CustomData } from "@muster/proto";
import type { FleetLink } from "./fleet-link.ts";

/** How long numbers of one process may wait for the next, in ms: people look at them. */
export const REPORT_INTERVAL_MS = 1_000;
/** Announcements that a slow fleet may leave unanswered before reports wait for it. */
const BACKLOG_MAX = 100;

export interface CustomDataReports {
  /** Takes numbers in place of those that wait. They leave at once if none left lately and the fleet is there. */
  note(battleSessionId: string, customData: CustomData): void;
  /** The fleet is back. */
  resume(): void;
  /** Announces what waits now, ahead of what is announced next: the end of its session. */
  hasten(): void;
}

/** Nothing waits. `signal` ends it with its sidecar. */
export function createCustomDataReports(options: {
  readonly clock: Clock;
  readonly link: Pick<FleetLink, "attached" | "announce" | "backlog">;
  readonly signal: AbortSignal;
}): CustomDataReports {
  const { clock, link, signal } = options;
  const waiting = new Map<string, CustomData>();
  let isPacing = false;

  const announceAll = () => {
    for (const [battleSessionId, customData] of waiting) {
      link.announce({ $case: "reportCustomData", value: { battleSessionId, customData: { ...customData } } });
    }
    waiting.clear();
  };
  const pace = async () => {
    if (isPacing) return;
    isPacing = true;
    try {
      while (waiting.size > 0 && link.attached) {
        if (link.backlog < BACKLOG_MAX) announceAll();
        await clock.sleep(REPORT_INTERVAL_MS, signal);
      }
    } catch (error) {
      if (!isAbortError(error) && !signal.aborted) throw error;
    } finally {
      isPacing = false;
    }
  };

  return {
    note(battleSessionId, customData) {
      waiting.set(battleSessionId, customData);
      void pace();
    },
    resume: () => void pace(),
    hasten: announceAll,
  };
}
