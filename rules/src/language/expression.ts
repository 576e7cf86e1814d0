// Property expressions: what a rule measures, such as `avg(teams[*].players.playerAttributes[skill])`. A checked
// expression knows the shape of its value, so that nothing downstream can meet a string where a number belongs.
import type { AttributeSpec } from "../rule-set.ts";

export const aggregationNames = ["each", "min", "max", "avg", "any", "union", "intersection"] as const;

/**
 * What a rule sees of players who came with one ticket and sit in one team: each their own value, or all the party's
 * lowest, highest or average one, or that of any one member. GPM draws that member; a judge may not, so it is the one
 * whose id sorts first. Of string lists a party has one together: what any member lists, or what all do.
 */
export type PartyAggregation = (typeof aggregationNames)[number];

export const functionNames = [
  "flatten",
  "min",
  "max",
  "avg",
  "median",
  "sum",
  "count",
  "stddev",
  "set_intersection",
] as const;
export type FunctionName = (typeof functionNames)[number];

/**
 * What the value consists of, and how many lists deep: 0 is a single value, 2 a list of lists. A string list that a player
 * brings is one value, as FlexMatch has it: `flatten` takes the teams apart, and leaves each player's list whole.
 */
type Shape = { readonly leaf: "team" | "player" | "number" | "string" | "string_list"; readonly depth: number };

export type Expression = Shape &
  (
    | { readonly type: "teams" | "players" | "player-ids"; readonly teams: TeamReference }
    | {
        readonly type: "attribute";
        readonly teams: TeamReference;
        readonly attribute: AttributeSpec;
        /** Which number of a string→number map; undefined for other attributes. */
        readonly mapKey: string | undefined;
        readonly aggregation: PartyAggregation;
      }
    | { readonly type: "call"; readonly name: FunctionName; readonly argument: Expression }
  );

/** What tickets can be sorted by. */
export type SortableAttribute = AttributeSpec & { readonly type: "number" | "string_number_map" };

export function isSortable(attribute: AttributeSpec): attribute is SortableAttribute {
  return attribute.type === "number" || attribute.type === "string_number_map";
}

/** The teams in brackets. A template's name stands for all its instances; `*` for all teams. */
export type TeamReference = {
  readonly isAll: boolean;
  /** False for one team that exists once: its `players` are a list, not a list of lists. */
  readonly isList: boolean;
  readonly instances: readonly string[];
  /** True when an instance of a repeated team is named: its instances are then not interchangeable. */
  readonly namesInstance: boolean;
};

/** The expression at the bottom of all function calls. */
export function sourceOf(expression: Expression): Exclude<Expression, { readonly type: "call" }> {
  return expression.type === "call" ? sourceOf(expression.argument) : expression;
}

/** Whether the value depends on how many players sit where, and on nothing else. */
export function isCountsOnly(expression: Expression): boolean {
  if (expression.type !== "call") return false;
  return expression.name === "count" ? isShapeOfCounts(expression.argument) : isCountsOnly(expression.argument);
}

/**
 * Whether the value's lists are as long as players and teams are many. Not so with strings that players share, and where
 * `flatten` leaves out who has no value, or whose value is the party's.
 */
function isShapeOfCounts(expression: Expression): boolean {
  if (expression.type !== "call") return true;
  if (expression.depth === 0) return false;
  const leavesOut = expression.name === "flatten" && sourceOf(expression).type === "attribute";
  return !leavesOut && isShapeOfCounts(expression.argument);
}

/** Whether the value is one value a player, so that more players only add values and change none. */
export function isPerPlayer(expression: Expression): boolean {
  if (expression.type === "call") return expression.name === "flatten" && isPerPlayer(expression.argument);
  return expression.type === "attribute" || expression.type === "player-ids";
}
