// What each rule type lets pass, in the dialect whose documents define it. Comparison and distance stand in judge.test.ts.
import { type Attributes, parseId, type TicketId } from "@muster/proto";
import { expect, test } from "vitest";
import { judge } from "../judge.ts";
import { parseRuleSet } from "../language/parse-rule-set.ts";
import type { JudgedPlayer, SeatedTeam } from "../roster.ts";
import { player } from "../tickets.fixture.ts";

const declared = [
  { name: "skill", type: "number", default: 1000 },
  { name: "mode", type: "string", default: "duel" },
  { name: "maps", type: "string_list", default: [] },
  { name: "roles", type: "string_number_map", default: {} },
];
const flexMatch = (rules: readonly object[], more: object = {}) =>
  parseRuleSet({
    ruleLanguageVersion: "1.0",
    playerAttributes: declared,
    teams: ["red", "blue"].map((name) => ({ name, minPlayers: 0, maxPlayers: 5 })),
    rules,
    ...more,
  });

type Guest = Partial<Attributes> & { readonly latencies?: Readonly<Record<string, number>> };

/** Red and blue; a list within the list is a party. */
function teams(red: readonly (Guest | Guest[])[], blue: readonly (Guest | Guest[])[] = []): readonly SeatedTeam[] {
  return Object.entries({ red, blue }).map(([name, members]) => ({
    name,
    players: members.flatMap((member, index) => {
      const ticketId = parseId<TicketId>("ticketId", `${name}.${index}`);
      return [member].flat().map((guest, seat) => ({ ...seatOf(`${name}.${index}.${seat}`, guest), ticketId }));
    }),
  }));
}

function seatOf(id: string, { latencies, ...attributes }: Guest): JudgedPlayer {
  return { ...player(id, attributes as Attributes), latenciesMs: latencies };
}

const skill = (value: number) => ({ skill: value });
const maps = (...names: string[]) => ({ maps: names });
const ping = (latencies: Readonly<Record<string, number>>) => ({ latencies });
const allMaps = "flatten(teams[*].players.attributes[maps])";
const collection = { type: "collection", measurements: [allMaps] };

const rows: readonly {
  readonly name: string;
  readonly rule: object;
  readonly legal: readonly (readonly SeatedTeam[])[];
  readonly illegal: readonly (readonly SeatedTeam[])[];
}[] = [
  {
    name: "batchDistance of numbers is the widest gap between any two",
    rule: { type: "batchDistance", batchAttribute: "skill", maxDistance: 10 },
    legal: [teams([skill(1), skill(11)], [skill(6)]), teams([]), teams([[skill(0), skill(40)]], [skill(25)])],
    illegal: [teams([skill(1)], [skill(12)])],
  },
  {
    name: "batchDistance of numbers by the party's lowest",
    rule: { type: "batchDistance", batchAttribute: "skill", maxDistance: 10, partyAggregation: "min" },
    legal: [teams([[skill(5), skill(500)]], [skill(15)])],
    illegal: [teams([[skill(5), skill(500)]], [skill(16)])],
  },
  {
    name: "batchDistance of strings is how many others there are",
    rule: { type: "batchDistance", batchAttribute: "mode", maxDistance: 0 },
    legal: [teams([{ mode: "a" }], [{ mode: "a" }])],
    illegal: [teams([{ mode: "a" }], [{ mode: "b" }])],
  },
  {
    name: "batchDistance of strings, one other allowed",
    rule: { type: "batchDistance", batchAttribute: "mode", maxDistance: 1 },
    legal: [teams([{ mode: "a" }, { mode: "b" }], [{ mode: "a" }])],
    illegal: [teams([{ mode: "a" }, { mode: "b" }], [{ mode: "c" }])],
  },
  {
    name: "collection intersection counts what all share",
    rule: { ...collection, operation: "intersection", minCount: 2 },
    legal: [teams([maps("a", "b", "c")], [maps("c", "b")]), teams([])],
    illegal: [teams([maps("a", "b")], [maps("b", "c")])],
  },
  {
    name: "collection intersection, a party together lists what any of it lists",
    rule: { ...collection, operation: "intersection", minCount: 1 },
    legal: [teams([[maps("a"), maps("b")]], [maps("b")])],
    illegal: [teams([maps("a"), maps("b")], [maps("b")])],
  },
  {
    name: "collection intersection, a party together lists what all of it list",
    rule: { ...collection, operation: "intersection", minCount: 1, partyAggregation: "intersection" },
    legal: [teams([[maps("a", "b"), maps("b")]], [maps("b")])],
    illegal: [teams([[maps("a", "b"), maps("b")]], [maps("a")])],
  },
  {
    name: "collection contains counts one value, once a party",
    rule: { ...collection, operation: "contains", referenceValue: "tank", minCount: 1, maxCount: 1 },
    legal: [teams([[maps("tank"), maps("tank")]], [maps("healer")])],
    illegal: [teams([maps("tank")], [maps("tank")]), teams([maps("healer")])],
  },
  {
    name: "collection contains counts every player where each counts",
    rule: { ...collection, operation: "contains", referenceValue: "tank", maxCount: 1, partyAggregation: "each" },
    legal: [teams([[maps("tank"), maps("healer")]])],
    illegal: [teams([[maps("tank"), maps("tank")]])],
  },
  {
    name: "collection reference_intersection_count judges each list alone",
    rule: {
      ...collection,
      operation: "reference_intersection_count",
      referenceValue: ["a", "b"],
      minCount: 1,
      maxCount: 1,
    },
    legal: [teams([maps("a", "z")], [maps("b")])],
    illegal: [teams([maps("a", "b")], [maps("b")]), teams([maps("z")])],
  },
  {
    name: "collection measures what set_intersection leaves of each team",
    rule: {
      type: "collection",
      measurements: ["set_intersection(teams[*].players.attributes[maps])"],
      operation: "intersection",
      minCount: 1,
    },
    legal: [teams([maps("a", "b"), maps("a")], [maps("a")])],
    illegal: [teams([maps("a", "b"), maps("a")], [maps("b")])],
  },
  {
    name: "comparison counts the strings of an intersection",
    rule: {
      type: "comparison",
      measurements: [`count(set_intersection(${allMaps}))`],
      operation: ">=",
      referenceValue: 2,
    },
    legal: [teams([maps("a", "b")], [maps("b", "a")])],
    illegal: [teams([maps("a", "b")], [maps("b")])],
  },
  {
    name: "distance reads one number of a map",
    rule: {
      type: "distance",
      measurements: ["flatten(teams[*].players.attributes[roles][tank])"],
      referenceValue: 5,
      maxDistance: 1,
    },
    legal: [teams([{ roles: { tank: 4, healer: 90 } }], [{ roles: { healer: 1 } }])],
    illegal: [teams([{ roles: { tank: 9 } }])],
  },
  {
    name: "latency asks for one region that suits everybody",
    rule: { type: "latency", maxLatency: 50 },
    legal: [teams([ping({ eu: 50, us: 200 })], [ping({ eu: 10 }), {}]), teams([]), teams([{}])],
    illegal: [teams([ping({ eu: 50 })], [ping({ us: 10 })]), teams([ping({ eu: 51 })]), teams([ping({})])],
  },
  {
    name: "latency by the party's average",
    rule: { type: "latency", maxLatency: 50 },
    legal: [teams([[ping({ eu: 20 }), ping({ eu: 80 })]])],
    illegal: [teams([[ping({ eu: 20 }), ping({ us: 80 })]]), teams([ping({ eu: 20 }), ping({ eu: 80 })])],
  },
  {
    name: "latency near the lowest of its region",
    rule: { type: "latency", maxLatency: 500, maxDistance: 20, distanceReference: "min" },
    legal: [teams([ping({ eu: 10, us: 300 })], [ping({ eu: 90, us: 320 })])],
    illegal: [teams([ping({ eu: 10 })], [ping({ eu: 31 })])],
  },
  {
    name: "latency near the average of its region",
    rule: { type: "latency", maxLatency: 500, maxDistance: 20, distanceReference: "avg" },
    legal: [teams([ping({ eu: 10 })], [ping({ eu: 50 })])],
    illegal: [teams([ping({ eu: 10 })], [ping({ eu: 52 })])],
  },
  {
    name: "distanceSort forbids nothing",
    rule: { type: "distanceSort", sortDirection: "ascending", sortAttribute: "skill" },
    legal: [teams([skill(1)], [skill(1_000)])],
    illegal: [],
  },
  {
    name: "absoluteSort forbids nothing",
    rule: { type: "absoluteSort", sortDirection: "descending", sortAttribute: "roles", mapKey: "maxValue" },
    legal: [teams([skill(1)], [skill(1_000)])],
    illegal: [],
  },
];
for (const { name, rule, legal, illegal } of rows) {
  test(name, () => {
    const ruleSet = flexMatch([{ name: "r", ...rule }]);
    for (const roster of legal) expect(judge(ruleSet, roster)).toEqual([]);
    for (const roster of illegal) expect(judge(ruleSet, roster)).toMatchObject([{ type: "RULE", name: "r" }]);
  });
}

const near = { name: "near", type: "batchDistance", batchAttribute: "skill", maxDistance: 10 };
const members = [
  {
    name: "strong",
    type: "comparison",
    measurements: ["min(flatten(teams[*].players.attributes[skill]))"],
    operation: ">",
    referenceValue: 100,
  },
  {
    name: "duel",
    type: "comparison",
    measurements: ["flatten(teams[*].players.attributes[mode])"],
    operation: "=",
    referenceValue: "duel",
  },
];
const guest = (value: number, mode: string) => teams([{ skill: value, mode }]);
const compounds = [
  { statement: "and(strong, duel)", legal: [guest(101, "duel")], illegal: [guest(100, "duel"), guest(101, "x")] },
  { statement: "or(strong,duel)", legal: [guest(101, "x"), guest(1, "duel")], illegal: [guest(1, "x")] },
  { statement: "not(strong)", legal: [guest(100, "x")], illegal: [guest(101, "duel")] },
  { statement: "xor(strong, duel)", legal: [guest(101, "x")], illegal: [guest(101, "duel"), guest(1, "x")] },
  {
    statement: "or(and(strong, duel), not( strong ))",
    legal: [guest(101, "duel"), guest(1, "x")],
    illegal: [guest(101, "x")],
  },
];
for (const { statement, legal, illegal } of compounds) {
  test(`compound ${statement} is judged in place of the rules that it names`, () => {
    const ruleSet = flexMatch([near, ...members, { name: "c", type: "compound", statement }]);
    const named = statement.includes("duel") ? ["c"] : ["c", "duel"];
    for (const roster of legal) expect(judge(ruleSet, roster).filter(({ name }) => named[0] === name)).toEqual([]);
    for (const roster of illegal) expect(judge(ruleSet, roster)).toContainEqual(expect.objectContaining({ name: "c" }));
  });
}

test("a rule that a compound names expands, and its compound with it", () => {
  const statement = "not(strong)";
  const expansions = [{ target: "rules[strong].referenceValue", steps: [{ waitTimeSeconds: 10, value: 500 }] }];
  const ruleSet = flexMatch([...members, { name: "c", type: "compound", statement }], { expansions });
  expect(judge(ruleSet, guest(300, "duel"))).toMatchObject([{ name: "c" }]);
  expect(judge(ruleSet, guest(300, "duel"), { ageMs: 10_000 })).toEqual([]);
});

const expansions = [
  { rule: { type: "latency", maxLatency: 50 }, field: "maxLatency", value: 90, roster: teams([ping({ eu: 90 })]) },
  {
    rule: { ...collection, operation: "intersection", minCount: 2 },
    field: "minCount",
    value: 1,
    roster: teams([maps("a", "b")], [maps("b")]),
  },
  {
    rule: { type: "batchDistance", batchAttribute: "skill", maxDistance: 5 },
    field: "maxDistance",
    value: 7,
    roster: teams([skill(1)], [skill(8)]),
  },
];
for (const { rule, field, value, roster } of expansions) {
  test(`${rule.type} expands its ${field}`, () => {
    const steps = [{ waitTimeSeconds: 5, value }];
    const ruleSet = flexMatch([{ name: "r", ...rule }], { expansions: [{ target: `rules[r].${field}`, steps }] });
    expect(judge(ruleSet, roster, { ageMs: 4_999 })).toHaveLength(1);
    expect(judge(ruleSet, roster, { ageMs: 5_000 })).toEqual([]);
  });
}
