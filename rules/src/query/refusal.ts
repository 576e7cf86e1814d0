// How a reader of queries stops: at the first thing that it cannot read, with its place.
import type { QueryProblem, Span } from "./syntax.ts";

/** Thrown within a parser, and caught by it. */
export class QueryRefusal extends Error {
  readonly problem: QueryProblem;
  constructor(message: string, { start, end }: Span) {
    super(message);
    this.problem = { message, start, end };
  }
}

/** What `read` returns, or why it refused. */
export function orProblem<Value>(read: () => Value): Value | QueryProblem {
  try {
    return read();
  } catch (error) {
    if (error instanceof QueryRefusal) return error.problem;
    throw error;
  }
}
