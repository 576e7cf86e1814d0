// Compiled rules beside the judge, which is right by definition: they hold for the same rosters, and what they give up on
// no newcomer could save.
import type { Attributes } from "@muster/proto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { judgeRules } from "../judge.ts";
import { parseRuleSet } from "../language/parse-rule-set.ts";
import type { JudgedPlayer, Roster, SeatedPlayer } from "../roster.ts";
import { type Rule, typeOf } from "../rule-types/table.ts";
import { player } from "../tickets.fixture.ts";
import { compileRule, compileRules } from "./compile-rules.ts";
import { drawnRosters, drawnRuleSets, instanceNames } from "./generated-rules.fixture.ts";

const RUNS = { numRuns: 4_000, seed: 17 };

test("compiled rules hold for the rosters that the judge passes, alone and together, whatever was asked before", () => {
  const seen = new Map<string, Set<boolean>>();
  fc.assert(
    fc.property(drawnRuleSets, fc.array(drawnRosters, { minLength: 1, maxLength: 4 }), ({ tiers }, rosters) => {
      const [{ rules }] = tiers;
      const together = compileRules(rules);
      const alone = rules.map((rule) => ({ rule, ...compileRule(rule) }));
      for (const roster of rosters) {
        const wrong = alone.filter(({ rule, holds }) => {
          const legal = judgeRules([rule], roster).length === 0;
          note(seen, kindOf(rule), legal);
          return holds(roster) !== legal;
        });
        expect(wrong).toEqual([]);
        expect(together.holds(roster)).toBe(judgeRules(rules, roster).length === 0);
      }
    }),
    RUNS,
  );
  // The rosters are worth something only if each kind of rule was kept and broken.
  const expected = kinds.map((kind) => [kind, kind === "absoluteSort" ? [true] : [true, false]]);
  expect(kinds.map((kind) => [kind, [...(seen.get(kind) ?? [])].toSorted().toReversed()])).toEqual(expected);
}, 120_000);

test("compiled rules give up wherever the rules themselves do, and never on a roster that grows into a legal one", () => {
  const pruned = new Map<string, Set<boolean>>();
  let grown = 0;
  fc.assert(
    fc.property(drawnRuleSets, drawnRosters, fc.infiniteStream(fc.boolean()), ({ tiers }, whole, chance) => {
      const [{ rules }] = tiers;
      const part = withoutSome(whole, () => chance.next().value);
      for (const rule of rules) {
        const { mayStillHold } = compileRule(rule);
        const may = mayStillHold(part);
        note(pruned, kindOf(rule), may);
        if (may && !typeOf(rule).mayStillHold(rule, part)) expect(rule).toBe("given up by itself");
        if (judgeRules([rule], whole).length > 0) continue;
        if (part.some((team) => team.players.length > 0)) grown += 1;
        if (!may) expect(rule).toBe("kept, as the roster grows into a legal one");
      }
      expect(compileRules(rules).mayStillHold(part)).toBe(rules.every((rule) => compileRule(rule).mayStillHold(part)));
    }),
    RUNS,
  );
  expect(grown).toBeGreaterThan(500);
  for (const kind of kinds.slice(0, -1)) expect([kind, pruned.get(kind)?.has(false)]).toEqual([kind, true]);
}, 120_000);

const skills = "teams[*].players.attributes[skill]";
const maps = "teams[*].players.attributes[maps]";
const comparison = { type: "comparison" };
const latency = { type: "latency", maxLatency: 100, maxDistance: 10 };
const one = (skill: number, more: Attributes = {}) => player(`p${skill}`, { skill, ...more });
const pinged = (eu: number) => ({ ...player(`p${eu}`), latenciesMs: { eu } });
const rows: readonly { name: string; rule: object; red: readonly JudgedPlayer[]; may: boolean }[] = [
  {
    name: "a count that is too high",
    rule: { ...comparison, measurements: ["count(flatten(teams[*].players))"], operation: "<=", referenceValue: 1 },
    red: [one(1), one(2)],
    may: false,
  },
  {
    name: "a sum of counts that is too high",
    rule: { ...comparison, measurements: ["sum(count(teams[*].players))"], operation: "=", referenceValue: 1 },
    red: [one(1), one(2)],
    may: false,
  },
  {
    name: "no sum of values, as a newcomer's may be negative",
    rule: { ...comparison, measurements: [`sum(flatten(${skills}))`], operation: "<=", referenceValue: 1 },
    red: [one(2)],
    may: true,
  },
  {
    name: "no count of teams, as empty ones may go",
    rule: { ...comparison, measurements: ["count(teams[*])"], operation: "<=", referenceValue: 1 },
    red: [],
    may: true,
  },
  {
    name: "not the count of an empty team, as it may go",
    rule: { ...comparison, measurements: ["count(teams[*].players)"], operation: "<=", referenceValue: -1 },
    red: [],
    may: true,
  },
  {
    name: "a lowest value that is too low",
    rule: { ...comparison, measurements: [`min(flatten(${skills}))`], operation: ">=", referenceValue: 2 },
    red: [one(1), one(3)],
    may: false,
  },
  {
    name: "no lowest value that is too high",
    rule: { ...comparison, measurements: [`min(flatten(${skills}))`], operation: "<=", referenceValue: 2 },
    red: [one(3)],
    may: true,
  },
  {
    name: "a highest value too far from the lowest",
    rule: {
      type: "distance",
      measurements: [`max(flatten(${skills}))`],
      referenceValue: `min(flatten(${skills}))`,
      maxDistance: 5,
    },
    red: [one(1), one(7)],
    may: false,
  },
  {
    name: "a team whose lists share too little",
    rule: { type: "collection", measurements: [`set_intersection(${maps})`], operation: "intersection", minCount: 1 },
    red: [one(1, { maps: ["a"] }), one(2, { maps: ["b"] })],
    may: false,
  },
  {
    name: "a list with too few of what all share",
    rule: {
      type: "collection",
      measurements: [`flatten(${maps})`],
      operation: "reference_intersection_count",
      referenceValue: `set_intersection(flatten(${maps}))`,
      minCount: 1,
    },
    red: [one(1, { maps: ["a"] }), one(2, { maps: ["b"] })],
    may: false,
  },
  {
    name: "a latency too far from the lowest",
    rule: { ...latency, distanceReference: "min" },
    red: [pinged(10), pinged(25)],
    may: false,
  },
  {
    name: "latencies further apart than any average between them allows",
    rule: { ...latency, distanceReference: "avg" },
    red: [pinged(10), pinged(31)],
    may: false,
  },
  {
    name: "no latencies that an average between them allows",
    rule: { ...latency, distanceReference: "avg" },
    red: [pinged(10), pinged(25), pinged(10.5)],
    may: true,
  },
];
for (const { name, rule, red, may } of rows) {
  test(`mayStillHold() gives up on ${name}`, () => {
    const [{ rules }] = parseRuleSet({
      ruleLanguageVersion: "1.0",
      playerAttributes: [
        { name: "skill", type: "number", default: 0 },
        { name: "maps", type: "string_list", default: [] },
      ],
      teams: ["red", "blue"].map((team) => ({ name: team, minPlayers: 0, maxPlayers: 5 })),
      rules: [{ name: "r", ...rule }],
    }).tiers;
    const roster = [
      { name: "red", players: red },
      { name: "blue", players: [] },
    ];
    expect(compileRules(rules).mayStillHold(roster)).toBe(may);
  });
}

const kinds = [
  ...["comparison =", "comparison !=", "comparison <", "comparison >=", "distance", "batchDistance"],
  ...[
    "collection intersection",
    "collection contains",
    "collection reference_intersection_count",
    "latency",
    "compound",
  ],
  "absoluteSort",
];

function kindOf(rule: Rule): string {
  return "operation" in rule ? `${rule.type} ${rule.operation}` : rule.type;
}

function note(seen: Map<string, Set<boolean>>, kind: string, answer: boolean): void {
  seen.set(kind, (seen.get(kind) ?? new Set()).add(answer));
}

/** The roster before some parties came: whole parties, and now and then a team that is empty then, or one that stays so. */
function withoutSome(roster: Roster, isOut: () => boolean): Roster {
  const opened = instanceNames.map((name) => roster.find((team) => team.name === name) ?? { name, players: [] });
  return opened.flatMap(({ name, players }) => {
    const leaving = new Map<string, boolean>();
    const leaves = (player: SeatedPlayer) => {
      const party = player.ticketId ?? player.playerId;
      const known = leaving.get(party) ?? isOut();
      leaving.set(party, known);
      return known;
    };
    const staying = players.filter((player) => !leaves(player));
    return staying.length === 0 && isOut() ? [] : [{ name, players: staying }];
  });
}
