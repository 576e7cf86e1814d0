// The live state with its last events: what the screen draws and plain output prints. One listener for all that is told.
import type { Clock } from "@muster/kit";
import type { ServiceEvent } from "@muster/service";
import {
  describeFeedMessage,
  describeProcessEnd,
  describeService,
  describeTicketEvent,
  type EventLine,
} from "./describe-event.ts";
import { emptyLiveState, foldFeed, foldService, foldTicket, type LiveState, newlyEnded } from "./live-state.ts";
import type { WatchListener } from "./watch-services.ts";

const EVENTS_KEPT = 200;

export interface LiveLog extends WatchListener {
  readonly state: LiveState;
  readonly events: readonly EventLine[];
  readonly onService: (event: ServiceEvent) => void;
}

/** Calls `onLine` for every event and `onChange` after everything. */
export function createLiveLog(
  clock: Clock,
  { onLine, onChange }: { readonly onLine: (line: EventLine) => void; readonly onChange: () => void },
): LiveLog {
  let state = emptyLiveState;
  let events: readonly EventLine[] = [];
  // Sessions of a snapshot are no news.
  let inSnapshot = false;
  let knowsProcesses = false;

  const note = (line: EventLine | undefined) => {
    if (!line) return;
    const timed = { ...line, text: `${new Date(clock.wallMs()).toTimeString().slice(0, 8)} ${line.text}` };
    events = [...events.slice(1 - EVENTS_KEPT), timed];
    onLine(timed);
  };
  return {
    get state() {
      return state;
    },
    get events() {
      return events;
    },
    onService(event) {
      state = foldService(state, event);
      note(describeService(event));
      onChange();
    },
    onTicket(event) {
      state = foldTicket(state, event);
      note(describeTicketEvent(event));
      onChange();
    },
    onFeed(message) {
      if (message.type === "snapshot-begin" || message.type === "snapshot-end")
        inSnapshot = message.type === "snapshot-begin";
      const id = message.type === "change" ? message.change.battleSessionId : undefined;
      const before = id === undefined ? undefined : state.sessions.get(id);
      state = foldFeed(state, message);
      if (!inSnapshot) note(describeFeedMessage(message, before));
      onChange();
    },
    onProcesses(processes) {
      // What ended before the view was opened is no news.
      if (knowsProcesses) for (const ended of newlyEnded(state.processes, processes)) note(describeProcessEnd(ended));
      knowsProcesses = true;
      state = { ...state, processes };
      onChange();
    },
  };
}
