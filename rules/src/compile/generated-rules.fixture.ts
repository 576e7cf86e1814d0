// For tests only: rule sets of every rule type and dialect, drawn at random, and rosters that try them hard: parties that
// sit apart, teams that are empty or not open, values that are missing or of another type.
import { type Attributes, type AttributeValue, parseId, type TicketId } from "@muster/proto";
import fc from "fast-check";
import { checkRuleSet, parseRuleSet } from "../language/parse-rule-set.ts";
import type { Roster, RosterTeam, SeatedPlayer } from "../roster.ts";
import type { RuleSet } from "../rule-set.ts";
import { player } from "../tickets.fixture.ts";

type Dialect = "PGOS" | "GPM" | "FLEXMATCH";

const names = ["red", "blue", "squad"] as const;
const texts = ["a", "b", "c"] as const;
const numbers = [-5, 0, -0, 1, 2, 2.5, 3, 10, 0.1, 0.2, 1000] as const;

/** The rule sets that may be drawn: each of some rules, alone or in a compound. */
export const drawnRuleSets: fc.Arbitrary<RuleSet> = fc
  .constantFrom<Dialect>("PGOS", "GPM", "FLEXMATCH")
  .chain((dialect) =>
    fc.tuple(fc.boolean(), fc.array(ruleOf(dialect), { minLength: 1, maxLength: 5 }), statements).map((drawn) => {
      const [hasDefaults, rules, statement] = drawn;
      const documentOf = (some: readonly object[]) => documentIn(dialect, some, hasDefaults);
      const legal = rules
        .map((rule, index) => ({ name: `r${index}`, ...rule }))
        .filter((rule) => checkRuleSet(documentOf([rule])).length === 0);
      const whole = documentOf([...legal, { name: "c", type: "compound", statement }]);
      return parseRuleSet(checkRuleSet(whole).length === 0 ? whole : documentOf(legal));
    }),
  );

/** Of rules that may not be there, or may not be joined: the compound is then left out. */
const statements = fc.constantFrom(
  ...[
    "or(r0, r1)",
    "and(r0, r1)",
    "xor(r0, r1, r2)",
    "not(r0)",
    "or(and(r0, r1), not(r2))",
    "and(not(r1), xor(r0, r2))",
  ],
  ...["and(r0, or(r1, r2))", "nothing"],
);

function documentIn(dialect: Dialect, rules: readonly object[], hasDefaults: boolean): object {
  const standard = <Value>(value: Value) => (hasDefaults ? { default: value } : {});
  const playerAttributes = [
    { name: "skill", type: "number", ...standard(2) },
    { name: "mode", type: "string", ...standard("a") },
    { name: "maps", type: "string_list", ...standard(["a", "b"]) },
    { name: "roles", type: "string_number_map", ...standard({ tank: 1 }) },
  ];
  const quantity = {
    PGOS: { minQuantity: 1, maxQuantity: 3 },
    GPM: { number: [1, 3] },
    FLEXMATCH: { quantity: 3 },
  }[dialect];
  const alone = dialect === "GPM" ? { number: [1, 1] } : {};
  const [red, blue, squad] = names.map((name) => ({ name, minPlayers: 0, maxPlayers: 5 }));
  return {
    ...(dialect === "FLEXMATCH" ? { ruleLanguageVersion: "1.0" } : { version: "v1.0" }),
    playerAttributes,
    teams: [
      { ...red, ...alone },
      { ...blue, ...alone },
      { ...squad, ...quantity },
    ],
    rules,
  };
}

const references = fc.constantFrom("*", "*", "*", "red", "blue", "red,blue", "squad", "squad_001", "squad_1");

function ruleOf(dialect: Dialect): fc.Arbitrary<object> {
  const path = dialect === "FLEXMATCH" ? "attributes" : "playerAttributes";
  const players = references.map((teams) => `teams[${teams}].players`);
  const read = (attribute: string) => players.map((text) => `${text}.${path}[${attribute}]`);
  const maybeFlat = (texts: fc.Arbitrary<string>) =>
    fc.tuple(texts, fc.boolean()).map(([text, isFlat]) => (isFlat ? `flatten(${text})` : text));
  const lists = read("maps");
  const sharedLists = maybeFlat(lists).map((text) => `set_intersection(${text})`);
  const values = maybeFlat(fc.oneof(read("skill"), read("skill"), read("roles][tank")));
  const functions = fc.constantFrom("min", "max", "avg", "sum", "count", "median", "stddev");
  const reduced = fc.tuple(functions, values).map(([name, text]) => `${name}(${text})`);
  const counted = fc.oneof(maybeFlat(players), read("mode"), sharedLists, lists, fc.constant("teams[*]"));
  const counts = counted.map((text) => `count(${text})`);
  const twice = fc.tuple(functions, fc.oneof(reduced, counts)).map(([name, text]) => `${name}(${text})`);
  const numeric = fc.oneof(values, values, reduced, counts, twice);
  const ofAll = functions.map((name) => `${name}(flatten(teams[*].players.${path}[skill]))`);
  const ofShared = sharedLists.map((text) => `count(${text})`);
  const order = fc.constantFrom("=", "<", "<=", ">", ">=");
  const strings = maybeFlat(
    fc.oneof(
      read("mode"),
      read("mode"),
      players.map((text) => `${text}[playerId]`),
    ),
  );
  const aggregation = (...all: string[]) =>
    fc.option(fc.constantFrom(...all), { nil: undefined }).map((one) => (one ? { partyAggregation: one } : {}));
  const ofNumbers = aggregation("each", "min", "max", "avg", "any");
  const ofStrings = aggregation("each", "any");
  const ofLists = aggregation("each", "any", "union", "intersection");
  const several = (texts: fc.Arbitrary<string>) => fc.array(texts, { minLength: 1, maxLength: 2 });
  const against = fc.oneof(fc.constantFrom<number | string>(...numbers), numeric);
  const span = fc.record({ minDistance: maybe(0, 1, 2), maxDistance: maybe(0, 1, 3, 10, 2000) });
  const counting = fc.record({ minCount: maybe(0, 1, 2), maxCount: maybe(0, 1, 2, 4) });
  const collection = {
    type: fc.constant("collection"),
    measurements: several(fc.oneof(maybeFlat(lists), sharedLists)),
  };
  const wholes = [
    join(ofNumbers, {
      type: fc.constant("comparison"),
      measurements: several(ofAll),
      operation: order,
      referenceValue: fc.oneof(fc.constantFrom<number | string>(...numbers), ofAll),
    }),
    join(ofLists, {
      type: fc.constant("comparison"),
      measurements: several(ofShared),
      operation: order,
      referenceValue: fc.constantFrom(0, 1, 2),
    }),
    join(fc.tuple(ofNumbers, span).map(merge), {
      type: fc.constant("distance"),
      measurements: several(fc.oneof(ofAll, values)),
      referenceValue: ofAll,
    }),
  ];
  return fc
    .oneof(
      ...wholes,
      ...wholes,
      join(ofNumbers, {
        type: fc.constant("comparison"),
        measurements: several(numeric),
        operation: fc.constantFrom("=", "!=", "<", "<=", ">", ">="),
        referenceValue: fc.option(against, { nil: undefined }),
      }),
      join(ofStrings, {
        type: fc.constant("comparison"),
        measurements: several(strings),
        operation: fc.constantFrom("=", "!="),
        referenceValue: fc.option(fc.oneof(fc.constantFrom<string>(...texts), strings), { nil: undefined }),
      }),
      join(fc.tuple(ofNumbers, span).map(merge), {
        type: fc.constant("distance"),
        measurements: several(numeric),
        referenceValue: against,
      }),
      join(fc.tuple(ofNumbers, span).map(merge), {
        type: fc.constant("batchDistance"),
        batchAttribute: fc.constant("skill"),
      }),
      join(fc.tuple(ofStrings, span).map(merge), {
        type: fc.constant("batchDistance"),
        batchAttribute: fc.constant("mode"),
      }),
      join(fc.tuple(ofLists, counting).map(merge), { ...collection, operation: fc.constant("intersection") }),
      join(fc.tuple(ofLists, counting).map(merge), {
        ...collection,
        operation: fc.constant("contains"),
        referenceValue: fc.constantFrom<string>(...texts),
      }),
      join(fc.tuple(ofLists, counting).map(merge), {
        ...collection,
        operation: fc.constant("reference_intersection_count"),
        referenceValue: fc.oneof(fc.subarray([...texts], { minLength: 1 }), sharedLists),
      }),
      join(ofNumbers, { type: fc.constant("latency"), maxLatency: fc.constantFrom(20, 50, 100) }),
      join(ofNumbers, {
        type: fc.constant("latency"),
        maxLatency: fc.constantFrom(50, 100),
        maxDistance: fc.constantFrom(0, 10, 30),
        distanceReference: fc.constantFrom("min", "avg"),
      }),
      fc.constant({ type: "absoluteSort", sortDirection: "ascending", sortAttribute: "skill" }),
    )
    .map((rule) => Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined)));
}

function join(
  more: fc.Arbitrary<object>,
  fields: Readonly<Record<string, fc.Arbitrary<unknown>>>,
): fc.Arbitrary<object> {
  return fc.tuple(more, fc.record(fields)).map(merge);
}

function merge([one, other]: readonly [object, object]): object {
  return { ...one, ...other };
}

function maybe(...values: number[]): fc.Arbitrary<number | undefined> {
  return fc.option(fc.constantFrom(...values), { nil: undefined });
}

const wrong: fc.Arbitrary<AttributeValue> = fc.constantFrom<AttributeValue>("x", Number.NaN, ["a"], {
  tank: Number.NaN,
});

/** Mostly what the attribute is declared as. */
function valueFor(fitting: fc.Arbitrary<AttributeValue>): fc.Arbitrary<AttributeValue | undefined> {
  return fc.oneof(
    { weight: 14, arbitrary: fitting },
    { weight: 1, arbitrary: wrong },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}

const seated = fc.record({
  ticket: fc.option(fc.nat({ max: 3 }), { nil: undefined, freq: 4 }),
  skill: valueFor(fc.constantFrom(...numbers)),
  mode: valueFor(fc.constantFrom(...texts)),
  maps: valueFor(
    fc.oneof(
      { weight: 8, arbitrary: fc.array(fc.constantFrom(...texts), { maxLength: 4 }) },
      {
        weight: 1,
        arbitrary: fc.nat({ max: 40 }).map((length) => ["a", ...Array.from({ length }, (_, at) => `m${at}`), "b"]),
      },
    ),
  ),
  roles: valueFor(fc.dictionary(fc.constantFrom("tank", "healer"), fc.constantFrom(...numbers))),
  latencies: fc.option(fc.dictionary(fc.constantFrom("eu", "us", "asia"), fc.constantFrom(10, 20, 30, 50, 55.5, 90)), {
    nil: undefined,
    freq: 6,
  }),
});

/** Everybody alike in many of them, so that strict rules hold of some; now and then a crowd several times as large. */
const crowds = fc
  .tuple(seated, fc.array(seated, { maxLength: 4 }), fc.boolean(), fc.constantFrom(1, 1, 1, 1, 1, 1, 9))
  .map(([first, others, areAlike, times]) => {
    const all = others.length === 0 ? [] : [first, ...others];
    const crowd = areAlike ? all.map((one) => ({ ...first, ticket: one.ticket })) : all;
    return Array.from({ length: times }, () => crowd).flat();
  });

/** Of the drawn rule sets, in every dialect's way, in the order of the teams. */
export const instanceNames: readonly string[] = ["red", "blue", "squad_000", "squad_001", "squad_002", "squad_1"];

/** Open teams of the drawn rule sets, with instance names of every dialect. */
export const drawnRosters: fc.Arbitrary<Roster> = fc
  .tuple(fc.subarray([...instanceNames]), fc.array(crowds, { minLength: 6, maxLength: 6 }), fc.boolean())
  .map(([open, teams, areAlike]) => open.map((name, index) => seat(name, teams[areAlike ? 0 : index] ?? [])));

function seat(name: string, crowd: readonly DrawnPlayer[]): RosterTeam {
  return {
    name,
    players: crowd.map(({ ticket, latencies, ...drawn }, index): SeatedPlayer => {
      const attributes = Object.fromEntries(
        Object.entries(drawn).filter(([, value]) => value !== undefined),
      ) as Attributes;
      // By id the last comes first, so that "any" member is not the first by chance.
      const member = { ...player(`${name}.${99 - index}`, attributes), latenciesMs: latencies };
      return ticket === undefined ? member : { ...member, ticketId: parseId<TicketId>("ticketId", `t${ticket}`) };
    }),
  };
}

type DrawnPlayer = typeof seated extends fc.Arbitrary<infer Drawn> ? Drawn : never;
