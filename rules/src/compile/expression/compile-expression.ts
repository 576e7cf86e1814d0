// Expression → closures over a look. An expression that several rules have is compiled once, and read once a look.
import { invariant } from "@muster/kit";
import type { Expression } from "../../language/expression.ts";
import { oncePerLook } from "./look.ts";
import { type Column, type ColumnNode, createColumn, type Leaf, type Node } from "./node.ts";
import { reducers } from "./reduce.ts";
import { type Scope, share } from "./scope.ts";
import { seatsOf } from "./seats.ts";
import { sourceColumn } from "./source-columns.ts";
import { distinct, shared } from "./string-sets.ts";

/** What gives the expression's value for the roster that the scope looks at, as `evaluate` does. */
export function compileExpression(scope: Scope, expression: Expression): Node {
  return share(scope.nodes, JSON.stringify(expression), () => {
    if (expression.type === "call") return compileCall(scope, expression);
    return { depth: expression.depth > 1 ? 2 : 1, read: sourceColumn(scope, expression) };
  });
}

/** All values of an expression in one column, nested or not; a single value is a column of one. Nothings are among them. */
export function compileLeaves(scope: Scope, expression: Expression): () => Column {
  const node = compileExpression(scope, expression);
  if (node.depth !== 0) return node.read;
  return oncePerLook(scope.look, createColumn(), (column) => {
    column.items[0] = node.read();
    column.length = 1;
    return column;
  });
}

type Call = Extract<Expression, { readonly type: "call" }>;

function compileCall(scope: Scope, { name, argument }: Call): Node {
  if (name === "count") return compileCount(scope, argument);
  const node = compileExpression(scope, argument);
  invariant(node.depth !== 0, "only count() is given a single value");
  if (name === "flatten") return { depth: 1, read: flatten(scope, node) };
  return reduceBy(scope, node, name === "set_intersection" ? intersectLists : reducers[name]);
}

/** Free, unless there are nothings to leave out: the items of nested lists lie in one list as it is. */
function flatten({ look }: Scope, { read }: ColumnNode): () => Column {
  const copy: Leaf[] = [];
  return oncePerLook(look, createColumn(), (flat) => {
    const { items, length, hasNothing } = read();
    flat.items = hasNothing ? copy : items;
    flat.length = length;
    if (hasNothing) {
      flat.length = 0;
      for (let at = 0; at < length; at += 1) {
        const value = items[at];
        if (value !== undefined) copy[flat.length++] = value;
      }
    }
    return flat;
  });
}

/** One value for each innermost list. */
function reduceBy({ look }: Scope, node: ColumnNode, reduce: Reduce): Node {
  const { read } = node;
  if (node.depth === 1) {
    const value = oncePerLook<Leaf>(look, undefined, () => {
      const { items, length } = read();
      return reduce(items, 0, length);
    });
    return { depth: 0, read: value };
  }
  const values = oncePerLook(look, createColumn(), (column) => {
    const { items, ends, groups } = read();
    column.hasNothing = false;
    column.length = groups;
    for (let group = 0, from = 0; group < groups; group += 1) {
      const to = ends[group] ?? from;
      const value = reduce(items, from, to);
      column.items[group] = value;
      if (value === undefined) column.hasNothing = true;
      from = to;
    }
    return column;
  });
  return { depth: 1, read: values };
}

type Reduce = (items: readonly Leaf[], from: number, to: number) => Leaf;

function intersectLists(items: readonly Leaf[], from: number, to: number): readonly string[] | undefined {
  let common: readonly string[] | undefined;
  for (let at = from; at < to; at += 1) {
    const list = items[at];
    if (typeof list === "object") common = common ? shared(common, list) : distinct(list);
  }
  return common;
}

/** Of players it counts seats, and looks at nobody. */
function compileCount(scope: Scope, argument: Expression): Node {
  const source = argument.type === "call" && argument.name === "flatten" ? argument.argument : argument;
  if (source.type === "players" || source.type === "player-ids") return countSeats(scope, source, argument.depth === 2);
  const node = compileExpression(scope, argument);
  if (node.depth !== 0) return reduceBy(scope, node, (_, from, to) => to - from);
  const { read } = node;
  return {
    depth: 0,
    read: () => {
      const list = read();
      return typeof list === "object" ? list.length : 0; // Where nobody has a list, nothing is shared.
    },
  };
}

function countSeats(scope: Scope, { teams }: Exclude<Expression, Call>, isByTeam: boolean): Node {
  const seats = seatsOf(scope, teams);
  if (!isByTeam) return { depth: 0, read: () => seats().length };
  const sizes = oncePerLook(scope.look, createColumn(), (column) => {
    const { ends, groups } = seats();
    for (let group = 0, from = 0; group < groups; group += 1) {
      const to = ends[group] ?? from;
      column.items[group] = to - from;
      from = to;
    }
    column.length = groups;
    return column;
  });
  return { depth: 1, read: sizes };
}
