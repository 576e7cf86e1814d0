// How often the matcher writes its state down anew.
import type { MatcherState } from "./core/matcher-state.ts";

/** A restart folds so many in half a second. */
const FACTS_BETWEEN_SNAPSHOTS_MIN = 50_000;

/** A large state is written less often: its snapshots must not cost more than the facts themselves. */
export function factsBetweenSnapshots({ tickets }: MatcherState): number {
  return Math.max(FACTS_BETWEEN_SNAPSHOTS_MIN, tickets.size / 2);
}
