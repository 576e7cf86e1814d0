// What is said of a waiting ticket against a look at every other ticket of its pool: no count is wrong, whatever the rule set, and
// where counting stopped early it says so.
import type { PlayerId, TicketId } from "@muster/proto";
import { parseRuleSet, type RuleSet } from "@muster/rules";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createEngineWorld, type PlannedTicket, plannedTickets, ruleSets } from "../engine-world.fixture.ts";
import { LINKED } from "../pool.ts";
import type { Bounds } from "./counter.ts";
import { BOUNDS, createExplainer, type WaitingExplanation } from "./explain-waiting.ts";
import {
  type ConstraintName,
  countNaively,
  excessOf,
  findFittingNaively,
  missingNaively,
  type NaiveWorld,
} from "./naive-explanation.fixture.ts";

const all = ["near", "span", "mode", "maps", "region", "strong", "equal", "average", "balance"] as const;
const pools = fc.array(plannedTickets, { maxLength: 14 });

type World = ReturnType<typeof createEngineWorld>;
type Weights = { readonly at?: number; readonly same?: number };

/** Rules about numbers that a player may have or not: who has none fits anybody. */
const gapRules = fc
  .record({ names: fc.subarray(["mode", "same", "window", "maps"]), age: fc.constantFrom("newest", "oldest") })
  .map(({ names, age }) => {
    const each = (attribute: string) => `flatten(teams[*].players.playerAttributes${attribute})`;
    const rules = [
      { name: "mode", type: "comparison", measurements: [each("[mode]")], operation: "=" },
      { name: "same", type: "comparison", measurements: [each("[weights][same]")], operation: "=" },
      {
        ...{ name: "window", type: "distance", measurements: [`max(${each("[weights][at]")})`] },
        ...{ referenceValue: `min(${each("[weights][at]")})`, maxDistance: 2 },
      },
      { name: "maps", type: "collection", measurements: [each("[maps]")], operation: "intersection", minCount: 1 },
    ].filter(({ name }) => names.includes(name));
    const steps = [{ waitTimeSeconds: 5, value: 4 }];
    return parseRuleSet({
      version: "v1.0",
      playerAttributes: [
        { name: "weights", type: "string_number_map" },
        { name: "mode", type: "string" },
        { name: "maps", type: "string_list" },
      ],
      teams: ["red", "blue"].map((name) => ({ name, minPlayers: 2, maxPlayers: 2 })),
      rules,
      expansions: names.includes("window") ? [{ target: "rules[window].maxDistance", steps }] : [],
      algorithm: { expansionAgeSelection: age },
    });
  });
const weights: fc.Arbitrary<Weights> = fc.record(
  { at: fc.integer({ min: -6, max: 6 }), same: fc.constantFrom(1, 2) },
  { requiredKeys: [] },
);

test("counts are right beside tickets without a value", () => {
  const gappy = fc.array(fc.tuple(plannedTickets, weights), { maxLength: 12 });
  fc.assert(
    fc.property(gapRules, gappy, (ruleSet, tickets) => {
      const world = createEngineWorld(ruleSet);
      for (const [index, [planned, of]] of tickets.entries()) {
        const ticketId = `t${index}` as TicketId;
        const players = Array.from({ length: planned.size }, (_, member) => ({
          playerId: `${ticketId}.${member}` as PlayerId,
          attributes: { weights: { ...of }, mode: planned.mode, maps: [...planned.maps] },
          latenciesMs: {},
          team: planned.teams[member],
        }));
        const searchingSinceMs = world.nowMs - planned.waitedMs;
        const place = { ticket: { ticketId, players, searchingSinceMs, arrival: index }, slot: -1 };
        world.waiting.set(ticketId, place);
        world.engine.add(place);
      }
      expectTruth(world, BOUNDS);
    }),
    { numRuns: 400 },
  );
});

test("counts are those of a look at every other ticket", () => {
  fc.assert(
    fc.property(ruleSets(all), pools, pools, fc.integer({ min: 0, max: 9_000 }), (ruleSet, first, later, waitMs) => {
      expectTruth(worldOf(ruleSet, [first, later], waitMs), BOUNDS);
    }),
    { numRuns: 400 },
  );
});

test("counts that stop early say that there may be more", () => {
  const bounds = fc.record({
    tickets: fc.integer({ min: 1, max: 5 }),
    looks: fc.integer({ min: 1, max: 12 }),
    reads: fc.integer({ min: 1, max: 6 }),
  });
  fc.assert(
    fc.property(ruleSets(all), pools, pools, bounds, (ruleSet, first, later, few) => {
      expectTruth(worldOf(ruleSet, [first, later], 3_000), few);
    }),
    { numRuns: 400 },
  );
});

/** Where the first have been matched as far as they could, and the last have not. */
function worldOf(ruleSet: RuleSet, arrivals: readonly (readonly PlannedTicket[])[], waitMs: number): World {
  const world = createEngineWorld(ruleSet);
  for (const planned of arrivals) {
    world.add(planned);
    world.form(2);
    world.wait(waitMs);
  }
  return world;
}

function expectTruth(world: World, bounds: Bounds): void {
  world.engine.begin(world.nowMs); // Everybody has come of age.
  const { pool, plan } = world.engine;
  const { ruleSet } = plan;
  const explainer = createExplainer(world.engine);
  for (const { ticket, slot } of world.waiting.values()) {
    const said = explainer.explain(slot, ticket, world.nowMs, bounds);
    const others = [...world.waiting.values()]
      .filter((other) => other.slot !== slot && pool.stateOf(other.slot) === LINKED)
      .map((other) => other.ticket);
    expect(said.others).toBe(others.length);
    if (said.standing !== "open") {
      expect(pool.stateOf(slot)).not.toBe(LINKED);
      continue;
    }
    const { tiers } = ruleSet;
    const isByOldest = ruleSet.expansionAge === "oldest";
    const naive: NaiveWorld = { tiers, isByOldest, nowMs: world.nowMs, ticket, others };
    const constraints: { readonly index: number; readonly is: ConstraintName }[] = [
      ...plan.partitions.map((index) => ({ index, is: "same" }) as const),
      ...(plan.mask === undefined ? [] : [{ index: plan.mask, is: "shared" } as const]),
      ...(plan.axis === undefined ? [] : [{ index: plan.axis, is: "within" } as const]),
      ...plan.admissions.map((index) => ({ index, is: "admission" }) as const),
      { index: -1, is: "seats" },
    ];
    for (const constraint of constraints) {
      expectCount(findCount(said, ruleSet, constraint), countNaively(naive, constraint), bounds);
    }
    const fitting = findFittingNaively(naive, constraints);
    expectCount(said.fitting, fitting.length, bounds);
    expectNearest(said, naive, { all: constraints, bounds, hasWild: pool.wild > 0 });
    expectMissing(said, naive, fitting);
  }
}

const kinds = { same: "partition", shared: "mask", within: "window", admission: "admission", seats: "recipe" } as const;

function findCount(
  { constraints }: WaitingExplanation,
  { tiers: [tier] }: RuleSet,
  { index, is }: { readonly index: number; readonly is: ConstraintName },
) {
  const rule = tier.rules[index]?.name;
  return constraints.find((one) => one.rule === rule && one.kind === kinds[is])?.fitting;
}

function expectCount(said: WaitingExplanation["fitting"], naive: number, bounds: Bounds): void {
  expect(said).toBeDefined();
  if (!said) return;
  if (said.orMore) expect(said.tickets).toBeLessThanOrEqual(naive);
  else expect(said.tickets).toBe(naive);
  if (bounds === BOUNDS) expect(said.orMore).toBe(false);
}

function expectNearest(
  { constraints, fitting }: WaitingExplanation,
  naive: NaiveWorld,
  {
    all,
    bounds,
    hasWild,
  }: {
    readonly all: readonly { readonly index: number; readonly is: ConstraintName }[];
    readonly bounds: Bounds;
    readonly hasWild: boolean;
  },
): void {
  const axis = all.find(({ is }) => is === "within");
  if (!axis || fitting?.orMore) return;
  const nearest = constraints.find(({ kind }) => kind === "window")?.nearest;
  const rest = all.filter((one) => one !== axis);
  const fittingElse = findFittingNaively(naive, rest);
  const excesses = fittingElse.map((other) => excessOf(naive, other, axis.index)).filter((excess) => excess > 0);
  const least = excesses.length === 0 ? undefined : Math.min(...excesses);
  if (!nearest) {
    // Nobody is sought beyond the bounds, nor among those who may go with anybody.
    if (bounds === BOUNDS && !hasWild) expect(least).toBeUndefined();
    return;
  }
  const excess = nearest.distance - nearest.allowed;
  if (nearest.orLess) expect(excess).toBeGreaterThanOrEqual(least ?? Number.POSITIVE_INFINITY);
  else expect(excess).toBe(least);
}

function expectMissing({ players }: WaitingExplanation, naive: NaiveWorld, fitting: NaiveWorld["others"]): void {
  if (players?.missing === undefined) return;
  expect(players.missing).toBe(missingNaively(naive, fitting));
  expect(players.byTeam.reduce((sum, team) => sum + team.players, 0)).toBe(players.missing);
}
