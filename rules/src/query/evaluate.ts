// Whether a ticket fits a query, and how well. This is the reading that everything faster is measured by.
import { unreachable } from "@muster/kit";
import { editDistance } from "./edit-distance.ts";
import { matches } from "./pattern/automaton.ts";
import type { FieldValue, QueryDocument } from "./query-document.ts";
import type { Bounds, Condition, Group, Query, QueryNode, Term } from "./syntax.ts";

/** The score of the ticket by the query, which may be 0 or negative; undefined: it does not fit. */
export function scoreOf(query: Query, document: QueryDocument): number | undefined {
  if (query.searchFailure !== undefined) return undefined;
  return scoreOfNode(query.root, document);
}

/** The score of the ticket by a part of a query. */
export function scoreOfNode(node: QueryNode, document: QueryDocument): number | undefined {
  switch (node.type) {
    case "everything":
      return 1;
    case "term":
      return scoreOfTerm(node, document.get(node.field));
    case "group":
      return scoreOfGroup(node, document);
    default:
      return unreachable(node);
  }
}

function scoreOfGroup({ must, should, mustNot, boost }: Group, document: QueryDocument): number | undefined {
  let sum = 0;
  let found = 0;
  for (const node of mustNot) if (scoreOfNode(node, document) !== undefined) return undefined;
  for (const node of must) {
    const score = scoreOfNode(node, document);
    if (score === undefined) return undefined;
    sum += score;
  }
  for (const node of should) {
    const score = scoreOfNode(node, document);
    if (score === undefined) continue;
    sum += score;
    found += 1;
  }
  if (must.length === 0 && should.length === 0) return boost;
  if (must.length === 0 && found === 0) return undefined;
  return sum * boost;
}

/**
 * What a field's value adds to the score; undefined: it does not fit, or there is none. `onVisits` is told how many steps of a pattern were
 * looked at.
 */
export function scoreOfTerm(
  term: Term,
  value: FieldValue | undefined,
  onVisits?: (count: number) => void,
): number | undefined {
  if (value === undefined) return undefined;
  const { condition, weight } = term;
  switch (condition.type) {
    case "present":
      return typeof value === "string" ? weight : term.ordinalWeight;
    case "equals":
      return isEqual(term, value) ? weight : undefined;
    case "number-range":
      return typeof value === "number" && isWithin(condition, value) ? weight : undefined;
    case "date-range":
      return typeof value === "object" && isWithin(condition, value.atMs) ? weight : undefined;
    case "text-range": {
      const text = textOf(term, value);
      return text !== undefined && isBetween(condition, text) ? weight : undefined;
    }
    case "pattern": {
      const text = textOf(term, value);
      return text !== undefined && matches(condition.automaton, text, onVisits) ? weight : undefined;
    }
    case "fuzzy": {
      const text = textOf(term, value);
      return text === undefined ? undefined : fuzzyScore(condition, { weight, text });
    }
    case "never":
      return undefined;
    default:
      return unreachable(condition);
  }
}

function isEqual(term: Term, value: FieldValue): boolean {
  const { condition } = term;
  if (condition.type !== "equals") return false;
  if (typeof value === "number") return value === condition.number;
  if (textOf(term, value) === condition.text) return true;
  return typeof value === "object" && value.atMs === condition.instantMs;
}

function textOf({ readsDatesAsText }: Term, value: FieldValue): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "object" && readsDatesAsText ? value.text : undefined;
}

function isWithin({ min, max }: Bounds, value: number): boolean {
  if (min && !(min.isIncluded ? value >= min.value : value > min.value)) return false;
  return !max || (max.isIncluded ? value <= max.value : value < max.value);
}

function isBetween({ from, to }: Extract<Condition, { type: "text-range" }>, text: string): boolean {
  if (from && !(from.isIncluded ? text >= from.text : text > from.text)) return false;
  return !to || (to.isIncluded ? text <= to.text : text < to.text);
}

function fuzzyScore(
  { text, editsMax }: { readonly text: string; readonly editsMax: number },
  value: { readonly text: string; readonly weight: number },
): number | undefined {
  const edits = editDistance(text, { to: value.text, max: editsMax });
  return edits === undefined ? undefined : value.weight * (1 - edits / Math.max(1, [...text].length));
}
