// All goals, and who counts them.
import { createBooks } from "../checkers/books/books.ts";
import type { Checker } from "../checkers/checker.ts";
import { acceptanceGoals } from "./acceptance-goals.ts";
import { approvalGoals } from "./approval-goals.ts";
import { backfillGoals } from "./backfill-goals.ts";
import { configurationGoals } from "./configuration-goals.ts";
import { engineGoals } from "./engine-goals.ts";
import { eventGoals } from "./event-goals.ts";
import { fleetGoals } from "./fleet-goals.ts";
import type { Goal } from "./goal.ts";
import { joinGoals } from "./join-goals.ts";
import { journalGoals } from "./journal-goals.ts";
import { landmarkGoals } from "./landmarks.ts";
import { outsiderGoals } from "./outsider-goals.ts";
import { partyGoals } from "./party-goals.ts";
import { planGoals } from "./plan-goals.ts";
import { presenceGoals } from "./presence-goals.ts";
import { queryGoals } from "./query-goals.ts";
import { seatGoals } from "./seat-goals.ts";
import { simulatedGoals } from "./simulated-goals.ts";
import { ticketGoals } from "./ticket-goals.ts";

export const GOALS: readonly Goal[] = [
  ...ticketGoals,
  ...acceptanceGoals,
  ...partyGoals,
  ...presenceGoals,
  ...joinGoals,
  ...fleetGoals,
  ...planGoals,
  ...simulatedGoals,
  ...seatGoals,
  ...backfillGoals,
  ...approvalGoals,
  ...outsiderGoals,
  ...engineGoals,
  ...configurationGoals,
  ...queryGoals,
  ...landmarkGoals,
  ...journalGoals,
  ...eventGoals,
];

/** Looks on for one run; `counts` says how often each goal was reached. */
export function createGoalCounter(): Checker & { readonly counts: Readonly<Record<string, number>> } {
  const books = createBooks();
  const detectors = GOALS.map(({ name, detector }) => ({ name, isIt: detector() }));
  const counts: Record<string, number> = {};
  return {
    name: "GOALS",
    counts,
    see(observation) {
      books.open(observation);
      for (const { name, isIt } of detectors) if (isIt(observation, books)) counts[name] = (counts[name] ?? 0) + 1;
      books.fold(observation);
    },
  };
}
