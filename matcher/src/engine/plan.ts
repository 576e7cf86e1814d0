// A rule set compiled against the pool: which constraint is paid where. What one ticket shows of itself is read once, when it
// arrives; what all members of a match must share makes lanes, what lies near makes buckets of a lane, numbers of players make
// recipes; what is left is looked at match by match.
import { compileRule, type RuleSet } from "@muster/rules";
import {
  type Kinship,
  type Roster,
  type Rule,
  roomLeft,
  type Sizing,
  sizingOf,
  sourceOf,
  type Tier,
  typeOf,
} from "@muster/rules/plan";

/** One age and what holds from it on. */
export type Level = {
  readonly index: number;
  readonly tier: Tier;
  readonly sizing: Sizing;
  /** On the axis: tickets further apart are in no match together. Infinity without an axis. */
  readonly spread: number;
  /** On the axis: tickets this near keep the axis' rule for sure. Negative: none is near enough. */
  readonly suffices: number;
  readonly kinships: readonly (Kinship | undefined)[];
  /** Whether a roster keeps the axis' rule, where nearness alone does not tell to the last digit. */
  readonly axisHolds: ((roster: Roster) => boolean) | undefined;
};

export type Plan = {
  readonly ruleSet: RuleSet;
  readonly levels: readonly Level[];
  /** Indexes of rules by which all members have one value: they make lanes. */
  readonly partitions: readonly number[];
  /** The rule by which all members share a region or a string: each of them is a lane of its own. */
  readonly mask: number | undefined;
  /** The rule by which all members' numbers are near: it makes the buckets of a lane. */
  readonly axis: number | undefined;
  /** Rules that one ticket keeps or breaks alone. */
  readonly admissions: readonly number[];
  /** Rules that lanes, buckets and numbers do not pay for: if there are any, matches are searched, not counted. */
  readonly residuals: readonly number[];
  /** Instances of teams that rules name: they are not like the others of their team. */
  readonly named: ReadonlySet<string>;
  /** Whether the rule set itself says whom to try first. */
  readonly isOrdered: boolean;
  /** Tickets that a search for one match is shown: enough for a small match, and for a large one twice what it may hold. */
  readonly searchedMax: number;
};

const SEARCHED_MIN = 128;

/** Ages at which a ticket's lanes may differ: a bit each. */
const LEVELS_IN_BITS_MAX = 31;

export function compilePlan(ruleSet: RuleSet): Plan {
  const [first] = ruleSet.tiers;
  const kinshipsByTier = ruleSet.tiers.map((tier) => tier.rules.map((rule) => typeOf(rule).kinship(rule)));
  /** What the rule is at every age, if it is the same kind at all of them. */
  const atAllAges = (index: number): readonly Kinship[] | undefined => {
    const all = kinshipsByTier.map((kinships) => kinships[index]).filter((kinship) => kinship !== undefined);
    return all.length === ruleSet.tiers.length ? all : undefined;
  };
  const partitions: number[] = [];
  const admissions: number[] = [];
  const residuals: number[] = [];
  let mask: number | undefined;
  let axis: number | undefined;
  for (const [index, rule] of first.rules.entries()) {
    const kinds = new Set(ruleSet.tiers.flatMap(({ rules }) => kindsOf(rules[index] ?? rule)));
    const kinships = atAllAges(index);
    const isWindow = kinships?.every((one) => one.type === "within" && one.spread < Number.POSITIVE_INFINITY) ?? false;
    const fitsInBits = ruleSet.tiers.length <= LEVELS_IN_BITS_MAX;
    if (kinds.has("admission")) (fitsInBits ? admissions : residuals).push(index);
    if (kinships?.every((one) => one.type === "same")) {
      partitions.push(index);
    } else if (isWindow && axis === undefined && !kinds.has("admission")) {
      axis = index;
      if (kinds.has("residual")) residuals.push(index);
    } else if (mask === undefined && fitsInBits && kinships?.every((one) => one.type === "shared" && one.least === 1)) {
      mask = index;
      if (kinds.has("residual")) residuals.push(index);
    } else if (![...kinds].every((kind) => kind === "recipe" || kind === "admission" || kind === "order")) {
      residuals.push(index);
    }
  }
  const isOrdered = ruleSet.tiers.some(
    ({ rules, algorithm }) =>
      algorithm.batchingPreference === "sorted" || rules.some((rule) => kindsOf(rule).includes("order")),
  );
  const levels = ruleSet.tiers.map((tier, index): Level => {
    const kinships = kinshipsByTier[index] ?? [];
    const along = axis === undefined ? undefined : kinships[axis];
    const isWithin = along?.type === "within";
    const axisRule = axis !== undefined && residuals.includes(axis) ? tier.rules[axis] : undefined;
    return {
      index,
      tier,
      kinships,
      sizing: sizingOf(tier, new Map()),
      spread: isWithin ? along.spread : Number.POSITIVE_INFINITY,
      axisHolds: axisRule && compileRule(axisRule).holds,
      suffices: isWithin ? (along.suffices ?? -1) : Number.POSITIVE_INFINITY,
    };
  });
  const searchedMax = Math.max(SEARCHED_MIN, ...levels.map(({ sizing }) => 2 * roomLeft(sizing)));
  const instances = first.rules
    .flatMap((rule) => typeOf(rule).expressions(rule).map(sourceOf))
    .flatMap(({ teams }) => (teams.namesInstance ? teams.instances : []));
  const named = new Set(instances);
  return { ruleSet, levels, partitions, mask, axis, admissions, residuals, named, isOrdered, searchedMax };
}

/** Whether only the rule of the axis is left to look at, and tickets near enough keep it: then counting comes first. */
export function isCountable({ residuals, axis, isOrdered }: Plan): boolean {
  return !isOrdered && residuals.every((index) => index === axis);
}

function kindsOf(rule: Rule): readonly string[] {
  return typeOf(rule)
    .constraints(rule)
    .map(({ kind }) => kind);
}
