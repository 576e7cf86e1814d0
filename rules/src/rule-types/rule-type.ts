// What a rule type must be able to do. A new one is a file that exports such an object, and a line in `table.ts`.
import type { Constraint } from "../explain/constraint.ts";
import type { Expression, PartyAggregation } from "../language/expression.ts";
import type { Declared } from "../language/parse-expression.ts";
import type { Fields, Spot } from "../language/spot.ts";
import type { Roster, SeatedPlayer } from "../roster.ts";
import type { Rule } from "./table.ts";

/** What every rule has. `type` is one spelling for all dialects: `comparison` also where a document says `comparisonRule`. */
type RuleBase = { readonly name: string; readonly type: string };

export type RuleType<Rule extends RuleBase> = {
  /** Spellings in documents. */
  readonly names: readonly string[];
  /** Keys beyond name, type, description and partyAggregation. */
  readonly keys: readonly string[];
  /** Reads the keys, or reports. */
  parse(fields: Fields, context: RuleContext): Rule | undefined;
  /** Fields that an expansion may set, and the rule with `field` set to the value at `spot`, or a report. */
  readonly expandable: readonly string[];
  expand(rule: Rule, field: string, spot: Spot): Rule | undefined;
  /** Every expression of the rule. */
  expressions(rule: Rule): readonly Expression[];
  /** Whether the rule reads nothing but how many players sit where. Default: all its expressions do. */
  isCountsOnly?(rule: Rule): boolean;
  /** Whether the rule reads latencies. Default: it does not. */
  readsLatencies?(rule: Rule): boolean;
  /** Why the roster breaks the rule, as the end of "it is …"; undefined when it holds. */
  findBreach(rule: Rule, roster: Roster): string | undefined;
  /** False only if the rule is broken whoever else joins the teams of `roster`: lets a search stop early. */
  mayStillHold(rule: Rule, roster: Roster): boolean;
  /** What the rule asks of any two tickets of a match, wherever they sit, if it says so much. */
  kinship(rule: Rule): Kinship | undefined;
  /** What the rule is to a search, for explanations and for compilers of it. */
  constraints(rule: Rule): readonly Constraint[];
  /** Of a rule that only sorts: where a ticket stands beside the anchor, lowest first. Such a rule is never broken. */
  sortKey?(rule: Rule, ticket: readonly SeatedPlayer[], anchor: readonly SeatedPlayer[]): number;
  /** Of a rule about other rules: the names of those that it judges by, which are then not enforced alone. */
  members?(rule: Rule): readonly string[];
  /** The rule judging by `members`, which are what holds at one age. */
  bind?(rule: Rule, members: ReadonlyMap<string, BoundMember>): Rule;
};

/** What a rule about other rules may ask of one of them. */
export type BoundMember = {
  /** Which it is: the same value at ages between which nothing of it expands. */
  readonly rule: Rule;
  readonly expressions: readonly Expression[];
  readonly readsLatencies: boolean;
  readonly constraints: readonly Constraint[];
  findBreach(roster: Roster): string | undefined;
  mayStillHold(roster: Roster): boolean;
};

export type RuleContext = {
  readonly spot: Spot;
  readonly name: string;
  readonly declared: Declared;
  readonly aggregation: PartyAggregation | undefined;
};

/**
 * A demand on what all players of a match have, which `read` tells for some of them. `within`: all numbers within `spread`
 * of one another (infinite: nothing is forbidden, but closer by units of `unit` is likelier to fit); within `suffices` of
 * one another the rule holds for sure (undefined: that is never enough). `same`: all one value. `shared`: at least `least`
 * strings that all have; `read` tells those that the given players share.
 */
export type Kinship = {
  readonly read: (roster: Roster) => readonly (number | string)[];
  /** The expressions whose leaves `read` tells, if that is all that it does. */
  readonly measures?: readonly Expression[];
} & (
  | {
      readonly type: "within";
      readonly spread: number;
      readonly suffices: number | undefined;
      readonly unit: number;
    }
  | { readonly type: "same" }
  | { readonly type: "shared"; readonly least: number }
);
