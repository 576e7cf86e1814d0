// What a rule type must be able to do. A new one is a file that exports such an object, and a line in `table.ts`.
import type { Expression, PartyAggregation } from "../language/expression.ts";
import type { Declared } from "../language/parse-expression.ts";
import type { Fields, Spot } from "../language/spot.ts";
import type { Roster } from "../roster.ts";

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
  /** Why the roster breaks the rule, as the end of "it is …"; undefined when it holds. */
  findBreach(rule: Rule, roster: Roster): string | undefined;
  /** False only if the rule is broken whoever else joins the teams of `roster`: lets a search stop early. */
  mayStillHold(rule: Rule, roster: Roster): boolean;
  /** What the rule asks of any two tickets of a match, wherever they sit, if it says so much. */
  kinship(rule: Rule): Kinship | undefined;
};

export type RuleContext = {
  readonly spot: Spot;
  readonly name: string;
  readonly declared: Declared;
  readonly aggregation: PartyAggregation | undefined;
};

/**
 * A demand on the values that `measurements` have over all players. `within`: all within `spread` of one another
 * (infinite: nothing is forbidden, but closer by units of `unit` is likelier to fit). `same`: all one value.
 */
export type Kinship = { readonly measurements: readonly Expression[] } & (
  | { readonly type: "within"; readonly spread: number; readonly unit: number }
  | { readonly type: "same" }
);
