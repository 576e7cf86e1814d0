// The live state with its last events: what the screen draws and plain output prints. One listener for all that is told.
import type { Clock } from "@muster/kit";
import type { ConfigEvent } from "@muster/matcher";
import type { ServiceEvent } from "@muster/service";
import type { FeedMessage, ServerProcess } from "../contract/session.ts";
import type { TicketEvent } from "../contract/ticket.ts";
import type { WatchEvent } from "../watch/restart-on-change.ts";
import {
  describeConfigEvent,
  describeFeedMessage,
  describeProcessEnd,
  describeService,
  describeTicketEvent,
  describeWatchEvent,
  type EventLine,
} from "./describe-event.ts";
import { describeDebugging } from "./describe-fleet.ts";
import { emptyLiveState, foldFeed, foldService, foldTicket, type LiveState, newlyEnded } from "./live-state.ts";
import type { WatchListener } from "./watch-services.ts";

const EVENTS_KEPT = 200;

export interface LiveLog extends WatchListener {
  readonly state: LiveState;
  readonly events: readonly EventLine[];
  readonly onService: (event: ServiceEvent) => void;
  readonly onConfig: (event: ConfigEvent) => void;
  readonly onWatch: (event: WatchEvent) => void;
}

export type LiveLogListener = {
  /** Every event in words. */
  readonly onLine?: (line: EventLine) => void;
  /** Every event as it was told, snapshots included; heartbeats are left out. */
  readonly onEvent?: (event: LiveEvent) => void;
  /** After everything. */
  readonly onChange?: () => void;
};

export type LiveEvent =
  | { readonly kind: "config"; readonly event: ConfigEvent }
  | { readonly kind: "service"; readonly event: ServiceEvent }
  | { readonly kind: "watch"; readonly event: WatchEvent }
  | { readonly kind: "ticket"; readonly event: TicketEvent }
  | { readonly kind: "session"; readonly event: FeedMessage }
  | { readonly kind: "process"; readonly event: ServerProcess & { readonly lastWords?: readonly string[] } };

const nothing = () => undefined;

/** A log that knows nothing yet. */
export function createLiveLog(clock: Clock, listener: LiveLogListener): LiveLog {
  const { onLine = nothing, onEvent = nothing, onChange = nothing } = listener;
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
      onEvent({ kind: "service", event });
      onChange();
    },
    onConfig(event) {
      for (const line of describeConfigEvent(event)) note(line);
      onEvent({ kind: "config", event });
      onChange();
    },
    onWatch(event) {
      note(describeWatchEvent(event));
      onEvent({ kind: "watch", event });
      onChange();
    },
    onTicket(event) {
      state = foldTicket(state, event);
      note(describeTicketEvent(event));
      if (event.type !== "HEARTBEAT") onEvent({ kind: "ticket", event });
      onChange();
    },
    onFeed(message) {
      if (message.type === "snapshot-begin" || message.type === "snapshot-end")
        inSnapshot = message.type === "snapshot-begin";
      const id = message.type === "change" ? message.change.battleSessionId : undefined;
      const before = id === undefined ? undefined : state.sessions.get(id);
      state = foldFeed(state, message);
      if (!inSnapshot) note(describeFeedMessage(message, before));
      if (message.type !== "heartbeat") onEvent({ kind: "session", event: message });
      onChange();
    },
    onFleets(fleets) {
      const { processes } = fleets;
      const said = new Set<string>();
      // What ended before the view was opened is no news.
      for (const event of knowsProcesses ? newlyEnded(state.processes, processes) : []) {
        note(describeProcessEnd(event));
        const lastWords = fleets.lastWords.get(event.processId);
        const words = lastWords?.join("\n") ?? "";
        // Two servers of one mistake say the same: once is enough.
        for (const text of said.has(words) ? [] : (lastWords ?? [])) note({ text: `    ${text}`, tone: "bad" });
        said.add(words);
        onEvent({ kind: "process", event: lastWords ? { ...event, lastWords } : event });
      }
      for (const { name, waitsForChange } of fleets.fleets) {
        if (!waitsForChange || state.fleets.some((one) => one.name === name && one.waitsForChange)) continue;
        note({ text: `fleet ${name} WAITS for a change of its files: its last start failed`, tone: "bad" });
      }
      const debugging = describeDebugging(fleets.fleets);
      if (!knowsProcesses && debugging !== undefined) note({ text: debugging, tone: "bad" });
      knowsProcesses = true;
      state = { ...state, ...fleets };
      onChange();
    },
  };
}
