// What `muster ticket why` prints: a whole answer, and what is said of tickets that nobody can be matched with.
import type { Explanation } from "@muster/proto/matchmaking";
import { expect, test } from "vitest";
import type { Ticket } from "../contract/ticket.ts";
import { describeExplanation, describeExplanations } from "./describe-explanation.ts";

const ticket: Ticket = {
  ...{ ticketId: "t1", configuration: "ranked", state: "SEARCHING", version: 1, players: [], returns: 0 },
  ...{ createdAt: undefined, timesOutAt: undefined, matchId: undefined, assignment: undefined, cause: undefined },
  ...{ estimatedWaitMs: 31_240, proposal: undefined, preparation: undefined },
};
const explanation: Explanation = {
  ...{ standing: "OPEN", waitedMs: 12_340, timesOutInMs: 47_660, othersSearching: 1_204, othersOpen: 1_203 },
  ...{ brokenRules: [], missingAttributes: [], expansionAge: "NEWEST" },
  constraints: [
    {
      ...{ rule: "region", kind: "PARTITION", over: "region", says: "all equal" },
      ...{ fitting: { tickets: 412, orMore: false }, nearestMiss: undefined },
    },
    {
      ...{ rule: "near", kind: "WINDOW", over: "skill", says: "within 25 of one another" },
      ...{ fitting: { tickets: 250, orMore: true }, nearestMiss: { distance: 37, allowed: 25, orLess: true } },
    },
    {
      ...{ rule: "fair", kind: "RESIDUAL", over: "skill", says: "avg(teams[red]) within 10" },
      ...{ fitting: undefined, nearestMiss: undefined },
    },
    {
      ...{ rule: undefined, kind: "RECIPE", over: "team sizes", says: "both parties find seats in the teams" },
      ...{ fitting: { tickets: 1_203, orMore: false }, nearestMiss: undefined },
    },
  ],
  fitting: { tickets: 6, orMore: false },
  players: { present: 7, needed: 10, missing: 3, byTeam: [{ team: "blue", players: 3 }] },
  nextExpansion: {
    atAgeMs: 15_000,
    inMs: 2_660,
    changes: [{ target: "rules[near].maxDistance", from: "25", to: "50" }],
  },
};

test("describeExplanation() says rule by rule who fits, who comes nearest, what is missing and what waiting loosens", () => {
  expect(describeExplanation(ticket, explanation)).toEqual([
    "t1 has searched for 12.3 s in ranked and times out in 47.7 s; like others lately it will have waited for about 31.2 s when it is matched",
    "1204 others search there, 1203 of them to be matched just now",
    "RULE          OTHERS FIT   WHAT IT ASKS",
    "region        412          region, all equal",
    "near          250 or more  skill, within 25 of one another; the nearest who does not fit is 37 or less away, 25 is allowed",
    "fair                       skill, avg(teams[red]) within 10 (judged match by match)",
    "(seats)       1203         team sizes, both parties find seats in the teams",
    "all of these  6",
    "with those who fit it there are 7 players, and a match needs 10: at least 3 more must come, such as 3 in blue",
    "in 2.7 s, at the age of 15 s: rules[near].maxDistance 25 → 50, once every ticket of a match is so old",
  ]);
});

const barred: Explanation = {
  ...explanation,
  ...{ standing: "BARRED", brokenRules: ["near"], othersSearching: 1, othersOpen: 1, constraints: [] },
  ...{ fitting: undefined, players: undefined, nextExpansion: undefined },
};

test("describeExplanation() says of a ticket that fits into no match which rule it breaks alone", () => {
  expect(describeExplanation({ ...ticket, estimatedWaitMs: undefined }, barred)).toEqual([
    "t1 has searched for 12.3 s in ranked and times out in 47.7 s",
    "it fits into no match, whoever comes and however long it waits",
    "at its present age it breaks near, whoever else comes",
    "1 other searches there, 1 of them to be matched just now",
    "waiting loosens nothing any more",
  ]);
});

test("describeExplanations() says by which rule set, where a ticket may be matched by several", () => {
  const alternatives = [{ ruleSet: "casual", explanation: { ...barred, brokenRules: [] } }];
  const told = describeExplanations(ticket, [{ ruleSet: "strict", explanation: barred }, ...alternatives]);
  expect(told.slice(1)).toEqual([
    "BY strict, which is tried first",
    ...describeExplanation(ticket, barred).slice(1),
    "BY casual",
    ...describeExplanation(ticket, barred)
      .slice(1)
      .filter((line) => !line.includes("breaks near")),
  ]);
  const alone = describeExplanations(ticket, [{ ruleSet: "strict", explanation: barred }]);
  expect(alone).toEqual(describeExplanation(ticket, barred));
});
