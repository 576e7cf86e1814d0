// What became of raced cancels, in numbers: a run in which one outcome never came has not tried it.
import { type Entry, type Outcome, TERMINAL } from "../chaos/history/entry.ts";
import { readTicketTrails } from "../chaos/history/ticket-trail.ts";

export type CancelCounts = {
  /** Cancels that were sent before their caller had been told that the ticket had ended. */
  readonly raced: number;
  /** Sent when its end was known. */
  readonly late: number;
  /** Of all: what came of them, and of a refusal by the state that the ticket was known to be in when the cancel was sent. */
  readonly outcomes: Readonly<Record<string, number>>;
};

export function countCancels(entries: readonly Entry[]): CancelCounts {
  let raced = 0;
  let late = 0;
  const outcomes: Record<string, number> = {};
  for (const { cancels, sightings } of readTicketTrails(entries).values()) {
    for (const { outcome, sinceMs } of cancels) {
      const known = sightings.findLast(({ untilMs }) => untilMs < sinceMs)?.view.state ?? "UNKNOWN";
      if (TERMINAL.has(known)) late += 1;
      else raced += 1;
      const name = `${known}: ${nameOf(outcome)}`;
      outcomes[name] = (outcomes[name] ?? 0) + 1;
    }
  }
  return { raced, late, outcomes };
}

function nameOf(outcome: Outcome): string {
  if ("ok" in outcome) return outcome.ok === "joined" ? "" : outcome.ok.state;
  return "refused" in outcome ? outcome.refused : outcome.unknown;
}

export function sumOf(one: CancelCounts, other: CancelCounts): CancelCounts {
  const outcomes: Record<string, number> = { ...one.outcomes };
  for (const [name, count] of Object.entries(other.outcomes)) outcomes[name] = (outcomes[name] ?? 0) + count;
  return { raced: one.raced + other.raced, late: one.late + other.late, outcomes };
}
