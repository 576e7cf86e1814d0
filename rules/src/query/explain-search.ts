// Why a query finds so few: which of its clauses leaves how many tickets, and what the nearest ones lack.
import { describeTerm } from "./describe-query.ts";
import { scoreOfNode } from "./evaluate.ts";
import { termsOf } from "./lint-query.ts";
import type { FieldValue, QueryDocument } from "./query-document.ts";
import type { Bounds, Query, QueryNode, Term } from "./syntax.ts";

export type SearchedTicket = { readonly ticketId: string; readonly document: QueryDocument };

export type ClauseCount = {
  /** In words: `properties.rank is at least 5`. */
  readonly clause: string;
  /** Tickets for which it holds. */
  readonly holds: number;
  /** Tickets for which it and all before it hold. */
  readonly left: number;
};

/** A ticket that the query does not find, and what it lacks, one sentence for each clause. */
export type NearMiss = { readonly ticketId: string; readonly misses: readonly string[] };

export type SearchExplanation = {
  readonly tickets: number;
  readonly found: number;
  readonly clauses: readonly ClauseCount[];
  /** Those that lack the fewest clauses first, of as many the closer to their ranges, then in the order given. */
  readonly nearest: readonly NearMiss[];
};

const NEAREST_MAX = 3;

/** A part of the query without which nothing is found. */
type Clause = {
  readonly text: string;
  readonly holds: (document: QueryDocument) => boolean;
  readonly miss: (document: QueryDocument) => Miss;
};

/** `distance`: how far a number is from its range; infinite where it is no matter of distance. */
type Miss = { readonly text: string; readonly distance: number };

/** What becomes of `tickets` in the search; whoever seeks is not among them. */
export function explainSearch({ root }: Query, tickets: readonly SearchedTicket[]): SearchExplanation {
  const clauses = clausesOf(root);
  let left = tickets;
  const counts = clauses.map(({ text, holds }) => {
    left = left.filter(({ document }) => holds(document));
    return { clause: text, holds: tickets.filter(({ document }) => holds(document)).length, left: left.length };
  });
  const missing = tickets.flatMap(({ ticketId, document }) => {
    const misses = clauses.filter(({ holds }) => !holds(document)).map(({ miss }) => miss(document));
    return misses.length === 0 ? [] : [{ ticketId, misses }];
  });
  const farthest = (misses: readonly Miss[]) => Math.max(...misses.map(({ distance }) => distance));
  const nearest = missing.toSorted((one, other) => {
    if (one.misses.length !== other.misses.length) return one.misses.length - other.misses.length;
    const [first, second] = [farthest(one.misses), farthest(other.misses)];
    return first === second ? 0 : first - second;
  });
  return {
    tickets: tickets.length,
    found: left.length,
    clauses: counts,
    nearest: nearest.slice(0, NEAREST_MAX).map(({ ticketId, misses }) => ({
      ticketId,
      misses: misses.map(({ text }) => text),
    })),
  };
}

function clausesOf(root: QueryNode): readonly Clause[] {
  if (root.type === "everything") return [];
  if (root.type === "term") return [required(root)];
  const { must, should, mustNot } = root;
  const any = must.length === 0 && should.length > 0 ? [oneOf(should)] : [];
  return [...must.map(required), ...any, ...mustNot.map(excluded)];
}

function required(node: QueryNode): Clause {
  return {
    text: describeShortly(node),
    holds: (document) => scoreOfNode(node, document) !== undefined,
    miss: (document) => {
      if (node.type === "term") return missOf(node, document.get(node.field));
      return { text: `not ${describeShortly(node)}`, distance: Number.POSITIVE_INFINITY };
    },
  };
}

function oneOf(nodes: readonly QueryNode[]): Clause {
  const [only] = nodes;
  if (only && nodes.length === 1) return required(only);
  const text = `at least one of: ${nodes.map(describeShortly).join("; ")}`;
  return {
    text,
    holds: (document) => nodes.some((node) => scoreOfNode(node, document) !== undefined),
    miss: () => ({ text: `not ${text}`, distance: Number.POSITIVE_INFINITY }),
  };
}

function excluded(node: QueryNode): Clause {
  const text = `not: ${describeShortly(node)}`;
  return {
    text,
    holds: (document) => scoreOfNode(node, document) === undefined,
    miss: () => ({ text: `excluded: ${describeShortly(node)}`, distance: Number.POSITIVE_INFINITY }),
  };
}

function describeShortly(node: QueryNode): string {
  if (node.type === "everything") return "every ticket";
  const terms = termsOf(node).map(describeTerm);
  return node.type === "term" ? terms.join() : `(${terms.join(", ")})`;
}

/** `properties.rank is 12, 3 too high`. */
function missOf(term: Term, value: FieldValue | undefined): Miss {
  const infinity = Number.POSITIVE_INFINITY;
  const { field, condition } = term;
  if (value === undefined) return { text: `${field === "" ? "no field" : field} is not there`, distance: infinity };
  const shown = typeof value === "object" ? value.text : JSON.stringify(value);
  if (condition.type === "number-range" && typeof value === "number") {
    const distance = distanceTo(condition, value);
    const amount =
      distance === 0 ? "just outside" : `${rounded(Math.abs(distance))} too ${distance < 0 ? "low" : "high"}`;
    return { text: `${field} is ${shown}, ${amount}`, distance: Math.abs(distance) };
  }
  return { text: `${field} is ${shown}`, distance: infinity };
}

/** How far the value is above the range, or below as a negative number. */
function distanceTo({ min, max }: Bounds, value: number): number {
  if (min && value < min.value) return value - min.value;
  return max && value > max.value ? value - max.value : 0;
}

function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
