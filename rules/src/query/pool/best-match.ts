// The next match of a pool in the best reading: everybody in it accepts everybody, and its size suits all. Again a direct
// reading; who is examined when is for the caller.
import { scoreOf } from "../evaluate.ts";
import { byScore } from "./compatible-interval.ts";
import type { QuerySettings } from "./query-settings.ts";
import { allowsSize, byAge, type QueryTicket, shareParty, shareSession } from "./query-ticket.ts";

/** Tickets that are tried to complete one group; beyond that the next size, or the next ticket, is looked at. */
const TRIES_MAX = 20_000;

/** When the ticket takes fewer players than its maximum. */
export function patientUntilMs(
  ticket: Pick<QueryTicket, "createdAtMs">,
  { intervalMs, maxIntervals }: QuerySettings,
): number {
  return ticket.createdAtMs + intervalMs * maxIntervals;
}

/**
 * The first match in `pool`, the oldest in front; undefined: there is none. Tickets seek in the order of their age. Each takes those with
 * the highest score first, then the oldest, for its maximum of players or, once it has waited long enough, for as many as there are;
 * a ticket of as many players as its maximum is a match alone.
 */
export function findBestMatch(
  pool: readonly QueryTicket[],
  { settings, nowMs }: { readonly settings: QuerySettings; readonly nowMs: number },
): readonly QueryTicket[] | undefined {
  const sorted = pool.toSorted(byAge);
  for (const driver of sorted) {
    const isPatient = nowMs < patientUntilMs(driver, settings);
    const match = matchOf(driver, { others: sorted, isPatient });
    if (match) return match.toSorted(byAge);
  }
  return undefined;
}

function matchOf(
  driver: QueryTicket,
  { others, isPatient }: { readonly others: readonly QueryTicket[]; readonly isPatient: boolean },
): readonly QueryTicket[] | undefined {
  if (driver.sessions.length === driver.maxCount) return [driver];
  const candidates = others
    .flatMap((ticket) => {
      if (ticket === driver || !canMeet(driver, ticket)) return [];
      const score = scoreOf(driver.query, ticket.document);
      return score === undefined ? [] : [{ ticket, score }];
    })
    .toSorted(byScore)
    .map(({ ticket }) => ticket);
  // A party that is not full came to meet others: it is no match alone, however long it waits.
  const least = isPatient ? driver.maxCount : Math.max(driver.minCount, driver.sessions.length + 1);
  const most = Math.min(driver.maxCount, driver.sessions.length + playersOf(candidates));
  for (let size = most; size >= least; size -= 1) {
    if (!allowsSize(driver, size)) continue;
    const group = groupOf(driver, { candidates: candidates.filter((one) => allowsSize(one, size)), size });
    if (group) return group;
  }
  return undefined;
}

/** Whether both accept each other, whatever the others of a match. */
export function canMeet(one: QueryTicket, other: QueryTicket): boolean {
  return (
    !shareSession(one, other) &&
    !shareParty(one, other) &&
    scoreOf(one.query, other.document) !== undefined &&
    scoreOf(other.query, one.document) !== undefined
  );
}

/** The first of `candidates`, in their order, that make `size` players with the driver and accept one another. */
function groupOf(
  driver: QueryTicket,
  { candidates, size }: { readonly candidates: readonly QueryTicket[]; readonly size: number },
): readonly QueryTicket[] | undefined {
  const chosen: QueryTicket[] = [driver];
  /** Players of the candidates from each on. */
  const left = candidates.map(() => 0);
  for (let index = candidates.length - 1; index >= 0; index -= 1) {
    left[index] = (left[index + 1] ?? 0) + (candidates[index]?.sessions.length ?? 0);
  }
  let tries = 0;
  const complete = (from: number, missing: number): boolean => {
    if (missing === 0) return true;
    for (let index = from; index < candidates.length && (left[index] ?? 0) >= missing; index += 1) {
      const ticket = candidates[index];
      tries += 1;
      if (tries > TRIES_MAX) return false;
      if (!ticket || ticket.sessions.length > missing) continue;
      if (!chosen.every((one) => one === driver || canMeet(one, ticket))) continue;
      chosen.push(ticket);
      if (complete(index + 1, missing - ticket.sessions.length)) return true;
      chosen.pop();
    }
    return false;
  };
  return complete(0, size - driver.sessions.length) ? chosen : undefined;
}

function playersOf(tickets: readonly QueryTicket[]): number {
  return tickets.reduce((sum, { sessions }) => sum + sessions.length, 0);
}
