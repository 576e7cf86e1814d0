// When a battle is over: when nobody holds a seat any more, for long enough that nobody is about to.

/** How long an empty battle waits for the backfill to bring somebody. */
export const EMPTY_MAX_MS = 3_000;

export type Vacancy =
  /** Somebody holds a seat: has joined, is expected, or may come back. */
  { readonly phase: "taken" } | { readonly phase: "empty"; readonly sinceMs: number };

/** The vacancy after a look at the roster. A single seat in use starts the wait anew. */
export function watchVacancy(vacancy: Vacancy, seatsUsed: number, nowMs: number): Vacancy {
  if (seatsUsed > 0) return { phase: "taken" };
  return vacancy.phase === "empty" ? vacancy : { phase: "empty", sinceMs: nowMs };
}

/** Whether the battle should end now. */
export function isDeserted(vacancy: Vacancy, nowMs: number): boolean {
  return vacancy.phase === "empty" && nowMs - vacancy.sinceMs >= EMPTY_MAX_MS;
}
