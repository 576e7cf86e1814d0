// Faults of event push.
import type { PlantedFault } from "./planted-fault.ts";

const COURIER = "matcher/src/events/courier.ts";
const OUTBOX = "matcher/src/events/outbox.ts";

export const eventFaults: readonly PlantedFault[] = [
  {
    name: "an event that was refused counts as taken",
    patches: [{ file: COURIER, find: "answer.status >= 200 && answer.status < 300", replace: "answer.status >= 200" }],
  },
  {
    name: "events of one ticket go side by side",
    patches: [
      {
        file: COURIER,
        find: "lanes[laneOf(subjectOf(fact.event.id), lanes.length)]",
        replace: "lanes[sequence % lanes.length]",
      },
    ],
  },
  {
    name: "a courier's place is past what is under way",
    patches: [
      {
        file: "matcher/src/core/events/delivery-window.ts",
        find: "      if (last && head < entries.length) last.through = sequence;\n      else through = sequence;",
        replace: "      through = sequence;",
      },
      {
        file: "matcher/src/core/events/delivery-window.ts",
        find: "      entries.push(entry);",
        replace: "      through = event.sequence;\n      entries.push(entry);",
      },
    ],
  },
  {
    name: "events are pushed before they are durable",
    patches: [
      {
        file: OUTBOX,
        find: "found.filter(({ sequence }) => sequence <= matcher.durableSequence)",
        replace: "found.filter(() => true)",
      },
    ],
  },
  {
    name: "what becomes of parties is not told",
    patches: [{ file: "matcher/src/core/folds/parties.ts", find: "  tellParty(state, party, at);", replace: "" }],
  },
  {
    name: "a request that is refused is told of when there is time",
    patches: [
      {
        file: "matcher/src/start-ticket.ts",
        find: "if (noted.length > 0) await decide(",
        replace: "if (noted.length > 1) await decide(",
      },
    ],
  },
  {
    name: "the outbox begins with what happens after its start",
    patches: [
      {
        file: OUTBOX,
        find: "  let source = state.source;",
        replace:
          "  let source = { ticketEvent: matcher.state.events.last, sessionEvent: matcher.state.sessionEvents.last, notice: matcher.state.notices.last };",
      },
    ],
  },
];
