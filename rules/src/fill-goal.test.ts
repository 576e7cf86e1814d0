import { expect, test } from "vitest";
import { fillGoalOf } from "./fill-goal.ts";
import { parseRuleSet } from "./language/parse-rule-set.ts";
import { redBlue } from "./tickets.fixture.ts";

const squads = parseRuleSet({
  version: "v1.0",
  teams: [{ name: "squad", minPlayers: 1, maxPlayers: 3, minQuantity: 2, maxQuantity: 3 }],
});
const redAndBlue = parseRuleSet(redBlue(1, 3));

const goals = [
  {
    name: "adds to a team",
    ruleSet: redAndBlue,
    now: { red: 1, blue: 1 },
    add: { red: 2 },
    sizes: { red: 3, blue: 1 },
  },
  { name: "counts an absent team as empty", ruleSet: redAndBlue, now: {}, add: { red: 1 }, sizes: { red: 1, blue: 0 } },
  {
    name: "adds to a template's emptiest instance first",
    ruleSet: squads,
    now: { squad_001: 2, squad_002: 1 },
    add: { squad: 2 },
    sizes: { squad_001: 3, squad_002: 2, squad_003: 0 },
  },
  {
    name: "opens an instance only when those in play are full",
    ruleSet: squads,
    now: { squad_001: 2, squad_002: 2 },
    add: { squad: 4 },
    sizes: { squad_001: 3, squad_002: 3, squad_003: 2 },
  },
  {
    name: "adds to named instances before their template",
    ruleSet: squads,
    now: { squad_001: 1, squad_002: 1 },
    add: { squad: 1, squad_001: 1 },
    sizes: { squad_001: 2, squad_002: 2, squad_003: 0 },
  },
];
for (const { name, ruleSet, now, add, sizes } of goals) {
  test(`fillGoalOf() ${name}`, () => {
    const addPlayers = new Map(Object.entries(add));
    const goal = fillGoalOf(ruleSet, { strategy: "CUSTOM", addPlayers }, new Map(Object.entries(now)));
    expect(goal).toEqual({ strategy: "CUSTOM", teamSizes: new Map(Object.entries(sizes)) });
  });
}

const refusals = [
  { name: "an unknown team", add: { green: 1 }, reason: "TEAM_UNKNOWN", metadata: { team: "green" } },
  {
    name: "a goal above a team's maximum",
    add: { squad_001: 3 },
    reason: "TEAM_SIZE_EXCEEDED",
    metadata: { team: "squad_001", maxPlayers: "3" },
  },
  {
    name: "a goal above a template's maxima",
    add: { squad: 9 },
    reason: "TEAM_SIZE_EXCEEDED",
    metadata: { team: "squad", maxPlayers: "9" },
  },
  { name: "nobody", add: { squad: 0 }, reason: "FIELD_INVALID", metadata: { field: "addPlayers.squad" } },
  { name: "no team", add: {}, reason: "FIELD_INVALID", metadata: { field: "addPlayers" } },
];
for (const { name, add, reason, metadata } of refusals) {
  test(`fillGoalOf() refuses ${name}`, () => {
    const addPlayers = new Map(Object.entries(add));
    const call = () => fillGoalOf(squads, { strategy: "CUSTOM", addPlayers }, new Map([["squad_001", 1]]));
    expect(call).toThrow(expect.objectContaining({ reason, metadata }));
  });
}
