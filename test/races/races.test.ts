// Cancels that race everything else, and the proof that who judges them would find a lie.
import { describe, expect, test } from "vitest";
import { checkHistory } from "../chaos/history/check-history.ts";
import type { Entry } from "../chaos/history/entry.ts";
import { checkCancels } from "./check-cancels.ts";
import { LIES, tellLie } from "./lies.ts";
import { runRaces } from "./run-races.ts";

/** What a run must have seen, or it has not tried it: the state that was known, and the answer. */
const MET = [
  "UNKNOWN: CANCELLED",
  "UNKNOWN: TICKET_ALREADY_MATCHED",
  "UNKNOWN: TICKET_NOT_FOUND",
  "SEARCHING: CANCELLED",
  "SEARCHING: TICKET_ALREADY_MATCHED",
  "REQUIRES_ACCEPTANCE: CANCELLED",
  "PLACING: TICKET_ALREADY_MATCHED",
  "PLACING: FAILED",
  "COMPLETED: TICKET_ALREADY_MATCHED",
  "CANCELLED: CANCELLED",
  "TIMED_OUT: TIMED_OUT",
  "FAILED: FAILED",
];

test("raced cancels are answered truthfully, whatever they race", async () => {
  const { counts, findings } = await runRaces({ seed: 1, cancels: 3_000 });
  expect(findings).toEqual([]);
  expect(Object.keys(counts.outcomes)).toEqual(expect.arrayContaining(MET));
});

describe("a lie about a cancel is found:", async () => {
  const { entries, findings } = await runRaces({ seed: 2, cancels: 1 });
  const judge = (history: readonly Entry[]) => [...checkHistory(history), ...checkCancels(history)];
  test("the history that lies are put into has none", () => {
    expect(findings).toEqual([]);
  });
  for (const lie of LIES) {
    test(lie.name, () => {
      const told = [...tellLie(lie, entries, 6)];
      expect(told.length).toBeGreaterThan(3);
      for (const history of told) expect(judge(history)).not.toEqual([]);
    });
  }
});
