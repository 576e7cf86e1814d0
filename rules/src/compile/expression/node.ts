// What a compiled expression gives: one value, or a column of them. Nothing is nested deeper than players within teams.

/** A number, a string or one string list; undefined is nothing, such as the average of nobody. */
export type Leaf = number | string | readonly string[] | undefined;

/**
 * A list of values, or, of depth 2, of lists: all values in one list, and where each inner list ends. Only the first
 * `length` items and `groups` ends count; what lies behind them is of an earlier look. Groups mean nothing in a column of
 * depth 1, which may be the players of one team.
 */
export type Column = {
  items: Leaf[];
  length: number;
  ends: readonly number[];
  groups: number;
  /** Whether any item is nothing. */
  hasNothing: boolean;
};

export type ValueNode = { readonly depth: 0; readonly read: () => Leaf };
export type ColumnNode = { readonly depth: 1 | 2; readonly read: () => Column };
export type Node = ValueNode | ColumnNode;

export function createColumn(): Column {
  return { items: [], length: 0, ends: [], groups: 1, hasNothing: false };
}
