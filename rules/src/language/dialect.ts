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
};

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
    ...ours,
  },
  /** "version": "v1.0", quantities as number: [n, m]. */
  GPM: {
    attributePath: "playerAttributes",
    partyAggregation: "each",
    listAggregation: "each",
    firstInstance: 0,
    instanceDigits: 3,
    ...gpms,
  },
  /** "ruleLanguageVersion": "1.0", quantities as quantity. */
  FLEXMATCH: {
    attributePath: "attributes",
    partyAggregation: "avg",
    listAggregation: "union",
    firstInstance: 1,
    instanceDigits: 1,
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
