// What sets the dialects apart once their documents have been read: names of repeated teams, paths, defaults.
import { limits } from "@muster/proto";
import type { PartyAggregation } from "./expression.ts";

type DialectSpec = {
  readonly attributePath: "attributes" | "playerAttributes";
  readonly partyAggregation: PartyAggregation;
  /** The same for string lists. */
  readonly listAggregation: PartyAggregation;
  readonly firstInstance: 0 | 1;
  readonly instanceDigits: number;
  /** The dialect's own limits, where they are below ours. */
  readonly attributesMax: number;
  readonly rulesMax: number;
  readonly expansionsMax: number;
  readonly stepsMax: number;
  /** What its own service takes of matches beyond `EVERY_RULE_PLAYERS_MAX`: less than we do, so that a lint says so. */
  readonly largeMatch: LargeMatch | undefined;
};

/** The rule types and the strategy that large matches are confined to; undefined: nothing is known of such a bound. */
type LargeMatch = {
  readonly playersMax: number;
  readonly ruleTypes: readonly string[] | undefined;
  readonly strategy: "balanced" | undefined;
};

/**
 * What rules may ask depends on how many players the teams hold together, in every dialect alike. Up to so many every
 * rule may: it is what FlexMatch and GPM call a small match.
 */
export const EVERY_RULE_PLAYERS_MAX = 40;
/**
 * Up to so many, which FlexMatch and GPM call large, a rule that cannot be indexed must be one that a part of the match
 * breaks already. One that only whole matches show (an average, a count that must be reached) would have a search exchange
 * people of finished crowds one by one. Beyond it every look at a whole roster for every newcomer is too much: a lobby of
 * thousands takes rules that tickets alone, indexes or numbers of players decide.
 */
export const EARLY_RULE_PLAYERS_MAX = 200;

/** Rules of one rule set: each is judged for every candidate match. */
const RULES_MAX = 64;
/** Targets that expand, and steps of each. */
const EXPANSIONS_MAX = 64;
const ours = {
  attributesMax: limits.ATTRIBUTES_PER_PLAYER_MAX,
  rulesMax: RULES_MAX,
  expansionsMax: EXPANSIONS_MAX,
  stepsMax: EXPANSIONS_MAX,
} as const;
const gpms = { attributesMax: 5, rulesMax: 10, expansionsMax: 5, stepsMax: 10 } as const;

export const dialects = {
  /** "version": "v1.0", quantities as minQuantity and maxQuantity, or none. */
  PGOS: {
    attributePath: "playerAttributes",
    partyAggregation: "each",
    listAggregation: "each",
    firstInstance: 1,
    instanceDigits: 3,
    largeMatch: undefined,
    ...ours,
  },
  /** "version": "v1.0", quantities as number: [n, m]. */
  GPM: {
    attributePath: "playerAttributes",
    partyAggregation: "each",
    listAggregation: "each",
    firstInstance: 0,
    instanceDigits: 3,
    largeMatch: { playersMax: 200, ruleTypes: undefined, strategy: undefined },
    ...gpms,
  },
  /** "ruleLanguageVersion": "1.0", quantities as quantity. */
  FLEXMATCH: {
    attributePath: "attributes",
    partyAggregation: "avg",
    listAggregation: "union",
    firstInstance: 1,
    instanceDigits: 1,
    largeMatch: { playersMax: 200, ruleTypes: ["latency", "batchDistance"], strategy: "balanced" },
    ...ours,
  },
} as const satisfies Record<string, DialectSpec>;

export type Dialect = keyof typeof dialects;

/** Names of the instances of a team: its own name where only one may exist, else numbered as the dialect does. */
export function instanceNames(dialect: Dialect, team: string, maxQuantity: number): readonly string[] {
  if (maxQuantity === 1) return [team];
  const { firstInstance, instanceDigits } = dialects[dialect];
  return Array.from({ length: maxQuantity }, (_, index) => {
    return `${team}_${String(index + firstInstance).padStart(instanceDigits, "0")}`;
  });
}
