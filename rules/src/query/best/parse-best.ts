// Queries as their words make one expect: clauses as in Nakama's, and AND, OR, NOT, parentheses, quoted texts, dates and
// [a TO b] beside them. Whatever could only be a mistake is refused at once, with its place.
import type { Group, QueryNode } from "../syntax.ts";
import { Cursor } from "./cursor.ts";
import { readField } from "./read-field.ts";
import { readBoost, readValue } from "./read-value.ts";

/** Parentheses in one another: beyond this a query is an attack. */
const DEPTH_MAX = 16;

/** A part of a query, and the sign before it. "!": NOT or -. */
type Signed = { readonly sign: "" | "+" | "!"; readonly node: QueryNode; readonly start: number };

/** @throws {QueryRefusal} It cannot be read. */
export function parseBest(text: string): QueryNode {
  const cursor = new Cursor(text);
  if (/^\s*\*?\s*$/u.test(text)) return { type: "everything" };
  const root = readClauses(cursor, { field: undefined, depth: 0 });
  if (!cursor.isAtEnd) cursor.fail('has a ")" that nothing opened');
  return root;
}

/** Within `field:( … )` values stand without a field of their own. */
type Context = { readonly field: string | undefined; readonly depth: number };

/** Clauses up to the end or a closing parenthesis. */
function readClauses(cursor: Cursor, context: Context): QueryNode {
  const must: QueryNode[] = [];
  const should: QueryNode[] = [];
  const mustNot: QueryNode[] = [];
  cursor.skipSpace();
  while (!cursor.isAtEnd && cursor.peek() !== ")") {
    const { sign, node } = readAlternatives(cursor, context);
    (sign === "+" ? must : sign === "!" ? mustNot : should).push(node);
    cursor.skipSpace();
  }
  const [only] = should;
  if (only && should.length === 1 && must.length === 0 && mustNot.length === 0) return only;
  if (must.length + should.length + mustNot.length === 0) cursor.fail("must have a clause here");
  return group({ must, should, mustNot });
}

/** `a OR b`, of which each may be `c AND d`. */
function readAlternatives(cursor: Cursor, context: Context): Signed {
  const first = readConjunction(cursor, context);
  const parts = [first];
  while (takeWord(cursor, "OR", "||")) parts.push(readConjunction(cursor, context));
  if (parts.length === 1) return first;
  return { sign: "", node: group({ should: parts.map((part) => alone(cursor, part)) }), start: first.start };
}

function readConjunction(cursor: Cursor, context: Context): Signed {
  const first = readSigned(cursor, context);
  const parts = [first];
  while (takeWord(cursor, "AND", "&&")) parts.push(readSigned(cursor, context));
  if (parts.length === 1) return first;
  const required = parts.filter(({ sign }) => sign !== "!");
  const excluded = parts.filter(({ sign }) => sign === "!");
  const node = group({
    must: required.map((part) => alone(cursor, part)),
    mustNot: excluded.map(({ node: one }) => one),
  });
  return { sign: "", node, start: first.start };
}

/** A part of AND or OR as a condition of its own. */
function alone(cursor: Cursor, { sign, node, start }: Signed): QueryNode {
  if (sign === "+") cursor.fail('has "+" beside AND or OR: it stands before a clause of its own', start);
  return sign === "!" ? group({ mustNot: [node] }) : node;
}

function readSigned(cursor: Cursor, context: Context): Signed {
  cursor.skipSpace();
  const start = cursor.at;
  if (cursor.take("+")) return { sign: "+", node: readPrimary(cursor, context), start };
  if (cursor.take("-") || cursor.take("!")) return { sign: "!", node: readPrimary(cursor, context), start };
  if (takeWord(cursor, "NOT")) {
    if (context.depth >= DEPTH_MAX) cursor.fail(`has NOT and parentheses more than ${DEPTH_MAX} deep`, start);
    const { sign, node } = readSigned(cursor, { ...context, depth: context.depth + 1 });
    return sign === "!" ? { sign: "", node, start } : { sign: "!", node, start };
  }
  return { sign: "", node: readPrimary(cursor, context), start };
}

function readPrimary(cursor: Cursor, context: Context): QueryNode {
  cursor.skipSpace();
  const start = cursor.at;
  if (cursor.take("(")) return readGroup(cursor, { ...context, start });
  if (cursor.isAtEnd || cursor.peek() === ")") cursor.fail("must have a condition here");
  const word = cursor.takeMatch(/(?:AND|OR|NOT)(?![^\s()])/uy)?.[0];
  if (word !== undefined) cursor.fail(`must have a condition here, not ${word}`, start);
  if (context.field !== undefined) return readValue(cursor, { field: context.field, start });
  if (cursor.takeMatch(/\*(?![^\s)])/uy)) return { type: "everything" };
  const field = readField(cursor);
  if (cursor.take("(")) return readGroup(cursor, { ...context, field, start: cursor.at - 1 });
  return readValue(cursor, { field, start });
}

function readGroup(cursor: Cursor, { start, field, depth }: Context & { readonly start: number }): QueryNode {
  if (depth >= DEPTH_MAX) cursor.fail(`has parentheses more than ${DEPTH_MAX} deep`, start);
  const node = readClauses(cursor, { field, depth: depth + 1 });
  if (!cursor.take(")")) cursor.fail('has a "(" that nothing closes', start);
  const boost = readBoost(cursor);
  return boost === 1 ? node : { ...group({ must: [node] }), boost };
}

/** Takes the operator, in words or signs. */
function takeWord(cursor: Cursor, word: string, signs?: string): boolean {
  const { at } = cursor;
  cursor.skipSpace();
  if (signs !== undefined && cursor.take(signs)) return true;
  const ends = /[\s()+\-!"]|$/uy;
  ends.lastIndex = cursor.at + word.length;
  if (cursor.text.startsWith(word, cursor.at) && ends.test(cursor.text)) {
    cursor.at += word.length;
    return true;
  }
  cursor.at = at;
  return false;
}

function group({ must = [], should = [], mustNot = [] }: Partial<Group>): Group {
  return { type: "group", must, should, mustNot, boost: 1 };
}
