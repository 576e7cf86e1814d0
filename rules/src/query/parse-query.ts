// Text → query. `compatible` is the language of Nakama's matchmaker as it really behaves, `best` what its words make one expect.
import { parseBest } from "./best/parse-best.ts";
import { parseCompatible } from "./compatible/parse-compatible.ts";
import { lintQuery, termsOf } from "./lint-query.ts";
import { AUTOMATON_STEPS_MAX } from "./pattern/automaton.ts";
import { orProblem, QueryRefusal } from "./refusal.ts";
import type { Condition, Query, QueryMode, QueryNode, QueryProblem } from "./syntax.ts";

/** Characters of a query: as many as fit a message of Nakama's. */
export const QUERY_CHARS_MAX = 4_096;

/**
 * The query that `text` is, or what is wrong with it and where. No text at all is `*`: every ticket.
 *
 * @example
 * const query = parseQuery("+properties.region:eu properties.mode:ranked^2", "best");
 * if (isQuery(query)) scoreOf(query, queryDocument(ticket)); // 3 where both hold, 1 where the region alone does
 */
export function parseQuery(text: string, mode: QueryMode): Query | QueryProblem {
  if (text.length > QUERY_CHARS_MAX) {
    return { message: `has more than ${QUERY_CHARS_MAX} characters`, start: QUERY_CHARS_MAX, end: text.length };
  }
  return orProblem(() => {
    const reading = mode === "compatible" ? parseCompatible(text) : { root: parseBest(text), searchFailure: undefined };
    const steps = patternStepsOf(reading.root);
    if (steps > AUTOMATON_STEPS_MAX) {
      throw new QueryRefusal("has patterns that are too large together", { start: 0, end: text.length });
    }
    return { text, mode, ...reading, lints: lintQuery({ root: reading.root, text, mode }) };
  });
}

/** How much of a query it is to look at one ticket: its terms, and the steps of their patterns. */
export function weightOfQuery({ root }: Pick<Query, "root">): number {
  return 1 + termsOf(root).length + patternStepsOf(root);
}

function patternStepsOf(root: QueryNode): number {
  return termsOf(root).reduce((sum, { condition }) => sum + stepsOf(condition), 0);
}

function stepsOf(condition: Condition): number {
  return condition.type === "pattern" ? condition.automaton.steps.length : 0;
}

/** Whether a text was a query. */
export function isQuery(parsed: Query | QueryProblem): parsed is Query {
  return "root" in parsed;
}

/** The problem as a sentence about the query, its place counted from 1. */
export function describeQueryProblem({ message, start }: QueryProblem): string {
  return `Cannot read the query as it ${message}: at character ${start + 1}`;
}
