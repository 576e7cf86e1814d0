// States of tickets as people type them. Not from the generated contract, which the command line does not load before it needs it.
import { UsageError } from "./usage-error.ts";

export const ticketStates = [
  ...([
    "PREPARING",
    "SEARCHING",
    "REQUIRES_ACCEPTANCE",
    "PLACING",
    "COMPLETED",
    "CANCELLED",
    "TIMED_OUT",
    "FAILED",
  ] as const),
] as const;
export type TicketStateWord = (typeof ticketStates)[number];

/** In capitals or not. @throws {UsageError} for a word that is no state. */
export function parseTicketState(text: string): TicketStateWord {
  const state = ticketStates.find((word) => word === text.toUpperCase());
  if (state !== undefined) return state;
  throw new UsageError(`Cannot read "${text}" as a state of tickets: they are ${ticketStates.join(", ")}`);
}
