// What is allowed and probably not meant: said to the author of a rule set before players find out.

import { playersAt } from "../language/check-size.ts";
import { dialects, EVERY_RULE_PLAYERS_MAX } from "../language/dialect.ts";
import type { RuleSet, Tier } from "../rule-set.ts";
import { typeOf } from "../rule-types/table.ts";
import { fullSizes, isLegalSizes, listSizes, type Sizes, sizingOf } from "../search/team-sizes.ts";
import { isIndexed } from "./constraint.ts";
import { type TierChange, tierChanges } from "./tier-changes.ts";

export const lintCodes = [
  "NO_INDEX",
  "NEVER_HOLDS",
  "LOOSENS_NOTHING",
  "TIGHTENS",
  "NEWEST_CLOCK_TRAP",
  "UNREACHABLE_TEAM_SIZE",
  "BEYOND_DIALECT",
  "TOO_MANY_TO_TELL",
] as const;

/** `at` names the place as an expansion's target does: `rules[fair]`, `teams[red].maxPlayers`, or `$`. */
export type Lint = { readonly code: (typeof lintCodes)[number]; readonly at: string; readonly message: string };

/** Seats and steps beyond which the question for teams that cannot be reached costs more than it is worth: some 20 ms. */
const SEATS_LOOKED_AT_MAX = 200;
const STEPS_MAX = 2_048;

/** Everything worth a second look, the gravest first. */
export function lintRuleSet(ruleSet: RuleSet): readonly Lint[] {
  return [
    ...findImpossible(ruleSet),
    ...findClockTrap(ruleSet),
    ...findIdleSteps(ruleSet),
    ...findMissingIndex(ruleSet),
    ...findBeyondDialect(ruleSet),
  ];
}

function findMissingIndex({ tiers: [tier] }: RuleSet): readonly Lint[] {
  const constraints = tier.rules.flatMap((rule) => typeOf(rule).constraints(rule));
  if (constraints.length === 0 || constraints.some(isIndexed)) return [];
  if (!constraints.some(({ kind }) => kind === "residual")) return [];
  const message =
    "every ticket is tried with every other: a rule that all players be equal or near in something is missing";
  return [{ code: "NO_INDEX", at: "$", message }];
}

/** What works here and not in the service whose dialect it is. */
function findBeyondDialect({ dialect, tiers }: RuleSet): readonly Lint[] {
  const { largeMatch } = dialects[dialect];
  const players = Math.max(...tiers.map(playersAt));
  if (!largeMatch || players <= EVERY_RULE_PLAYERS_MAX) return [];
  const { playersMax, ruleTypes, strategy } = largeMatch;
  const [{ rules, algorithm }] = tiers;
  const lint = (at: string, message: string): Lint => ({
    code: "BEYOND_DIALECT",
    at,
    message: `${dialect} ${message}`,
  });
  const size = `in a large match of ${players} players`;
  return [
    ...(players > playersMax ? [lint("$", `takes at most ${playersMax} players, not ${players}`)] : []),
    ...(strategy && algorithm.strategy !== strategy
      ? [lint("algorithm.strategy", `takes only ${strategy} ${size}, not ${algorithm.strategy}`)]
      : []),
    ...rules
      .filter((rule) => ruleTypes && !isPlain(rule, ruleTypes))
      .map(({ name }) =>
        lint(
          `rules[${name}]`,
          `takes only ${ruleTypes?.join(" and ")} rules ${size}, without maxDistance of a latency`,
        ),
      ),
  ];
}

function isPlain(rule: Tier["rules"][number], types: readonly string[]): boolean {
  return types.includes(rule.type) && !(rule.type === "latency" && rule.distance);
}

/** Team sizes that no match can have, at any age, by the rules that count players. */
function findImpossible(ruleSet: RuleSet): readonly Lint[] {
  const full = sizingOf(ruleSet.tiers[0], new Map());
  if (isLegalSizes(full, fullSizes(full))) return []; // Every team fills up.
  const budget = { left: STEPS_MAX };
  const reached = ruleSet.tiers.map((tier) => reachableSizes(tier, budget));
  if (reached.includes("too many to tell")) {
    const message = "teams may have too many different sizes to tell which of them the rules that count players allow";
    return [{ code: "TOO_MANY_TO_TELL", at: "$", message }];
  }
  const all = reached.flatMap((sizes) => (sizes === "too many to tell" ? [] : [...sizes]));
  if (all.length === 0) {
    return [
      { code: "NEVER_HOLDS", at: "$", message: "no match is legal: the rules that count players allow no team sizes" },
    ];
  }
  const rooms = sizingOf(ruleSet.tiers[0], new Map()).rooms;
  return ruleSet.tiers[0].teams.flatMap((team): readonly Lint[] => {
    const places = rooms.flatMap((room, index) => (room.template.name === team.name ? [index] : []));
    const largest = Math.max(...all.flatMap((sizes) => places.map((place) => sizes[place] ?? 0)));
    if (largest >= team.maxPlayers) return [];
    const message = `no match has more than ${largest} players in ${team.name}: its maximum of ${team.maxPlayers} is never reached`;
    return [{ code: "UNREACHABLE_TEAM_SIZE", at: `teams[${team.name}].maxPlayers`, message }];
  });
}

function reachableSizes(tier: Tier, budget: { left: number }): ReadonlySet<Sizes> | "too many to tell" {
  const seats = playersAt(tier);
  if (seats > SEATS_LOOKED_AT_MAX) return "too many to tell";
  const sizing = sizingOf(tier, new Map());
  const found = new Set<Sizes>();
  for (let players = 1; players <= seats; players += 1) {
    const { list, steps } = listSizes(sizing, players, new Set());
    for (const sizes of list) found.add(sizes);
    budget.left -= steps;
    if (budget.left < 0) return "too many to tell";
  }
  return found;
}

/**
 * With the clock of the newest ticket, every newcomer takes back what those who wait have reached. Where the least number
 * of players shrinks with age, tickets that came some seconds apart can so be matched alone, each at its own last step.
 */
function findClockTrap({ expansionAge, tiers }: RuleSet): readonly Lint[] {
  if (expansionAge === "oldest") return [];
  const [first] = tiers;
  return first.teams.flatMap(({ name, minPlayers }): readonly Lint[] => {
    const shrinks = tiers.some(({ teams }) => teams.some((team) => team.name === name && team.minPlayers < minPlayers));
    if (!shrinks) return [];
    const message =
      "shrinks by the age of the newest ticket: tickets that come apart by less than the steps may each end up alone. " +
      'Say expansionAgeSelection "oldest" unless this is meant';
    return [{ code: "NEWEST_CLOCK_TRAP", at: `teams[${name}].minPlayers`, message }];
  });
}

/** Fields whose rise lets more pass, and those whose fall does. */
const LOOSER_ABOVE = ["maxPlayers", "maxDistance", "maxLatency", "maxCount"];
const LOOSER_BELOW = ["minPlayers", "minDistance", "minCount"];

function findIdleSteps({ tiers }: RuleSet): readonly Lint[] {
  return tiers.slice(1).flatMap((tier, index): readonly Lint[] => {
    const before = tiers[index];
    if (!before) return [];
    const age = `${tier.fromAgeMs / 1_000} s`;
    const changes = tierChanges(before, tier);
    if (changes.length === 0)
      return [{ code: "LOOSENS_NOTHING", at: "$.expansions", message: `nothing is different from ${age} on` }];
    return changes.filter(isTighter).map(({ target: at }) => ({
      code: "TIGHTENS",
      at,
      message: `lets fewer matches pass from ${age} on than before`,
    }));
  });
}

/** What a compound makes of a rule that it names cannot be told from the rule. */
function isTighter({ target, from, to, isInCompound }: TierChange): boolean {
  if (isInCompound) return false;
  const [, field = ""] = target.split(/\.(?=[A-Za-z]+$)/);
  const rises = Number(to) > Number(from);
  return (LOOSER_ABOVE.includes(field) && !rises) || (LOOSER_BELOW.includes(field) && rises);
}
