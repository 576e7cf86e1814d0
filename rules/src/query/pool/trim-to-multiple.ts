// Which tickets leave a group whose size is no multiple: those that make exactly the difference and have waited longest on
// average. That the longest waiting go is a mistake of the original, and kept in the compatible reading.
import type { QueryTicket } from "./query-ticket.ts";

/** Tickets chosen so far, and the sums of their moments. */
type Choice = { readonly tickets: readonly QueryTicket[]; readonly createdAtMs: number; readonly arrival: number };

/**
 * The tickets of `group` of `excess` players together with the earliest average of `createdAtMs`, then of `arrival`; undefined if no
 * tickets are so many together. Of two choices with one average the first in the order of `group`.
 */
export function longestWaitingOf(group: readonly QueryTicket[], excess: number): readonly QueryTicket[] | undefined {
  // By players, then by number of tickets: of so many tickets the earliest average is the least sum.
  const choices = new Map<number, Map<number, Choice>>([
    [0, new Map([[0, { tickets: [], createdAtMs: 0, arrival: 0 }]])],
  ]);
  for (const ticket of group) {
    const size = ticket.sessions.length;
    for (let players = excess - size; players >= 0; players -= 1) {
      for (const [count, choice] of choices.get(players) ?? []) {
        const more = {
          tickets: [...choice.tickets, ticket],
          createdAtMs: choice.createdAtMs + ticket.createdAtMs,
          arrival: choice.arrival + ticket.arrival,
        };
        const byCount = choices.get(players + size) ?? new Map<number, Choice>();
        choices.set(players + size, byCount);
        const present = byCount.get(count + 1);
        if (!present || isEarlier(more, present, 1)) byCount.set(count + 1, more);
      }
    }
  }
  let best: Choice | undefined;
  for (const choice of choices.get(excess)?.values() ?? []) {
    if (!best || isEarlier(choice, best, choice.tickets.length / best.tickets.length)) best = choice;
  }
  return best?.tickets;
}

/** Whether the averages of `one` are earlier, which has `ratio` times as many tickets as `other`. */
function isEarlier(one: Choice, other: Choice, ratio: number): boolean {
  if (one.createdAtMs !== other.createdAtMs * ratio) return one.createdAtMs < other.createdAtMs * ratio;
  return one.arrival < other.arrival * ratio;
}
