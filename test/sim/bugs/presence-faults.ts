// Faults of tickets that end with their owners' watches.
import type { PlantedFault } from "./planted-fault.ts";

const PRESENCE = "matcher/src/presence.ts";

export const presenceFaults: readonly PlantedFault[] = [
  {
    name: "a ticket that nobody watches has no grace",
    patches: [
      {
        file: PRESENCE,
        find: "clock.nowMs() + (graceMs ?? ticket.presenceGraceMs)",
        replace: "clock.nowMs() + (graceMs ?? 0)",
      },
    ],
  },
  {
    name: "a watch of a ticket does not hold it",
    patches: [
      { file: PRESENCE, find: "heldTickets.has(ticketId) ||", replace: "" },
      { file: PRESENCE, find: "for (const id of namedBy(select)) forget(id);", replace: "" },
    ],
  },
  {
    name: "the end of a ticket's watch is not noticed",
    patches: [{ file: PRESENCE, find: "for (const id of namedBy(select)) loseWatch(id);", replace: "" }],
  },
  {
    name: "a ticket that comes back from a match needs its owner no more",
    patches: [{ file: PRESENCE, find: "for (const ticketId of waiting ?? []) miss(ticketId, 0);", replace: "" }],
  },
  {
    name: "a snapshot forgets whose watch a ticket needs",
    patches: [
      {
        file: "matcher/src/journal-codec/stored-ticket.ts",
        find: "return cell(this.#source.columns.ticketPresence, this.#row) || undefined;",
        replace: "return undefined;",
      },
    ],
  },
];
