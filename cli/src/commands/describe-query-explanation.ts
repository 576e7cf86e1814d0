// Why a ticket with a query waits, for people: what its sizes and each clause leave of the others, and what those lack that come nearest.
import type { ExplainedQuery } from "@muster/proto/matchmaking";
import { formatTable } from "./format-table.ts";

export function describeQueryExplanation(query: ExplainedQuery): readonly string[] {
  const { clauses, lookedAt, found, accepting, mutual, nearest } = query;
  const rows = clauses.map(({ says, holds, left }) => [`${holds}`, `${left}`, says]);
  const misses = nearest.map((one) => `one that comes near: ${one.misses.join("; ")}`);
  return [
    ...formatTable(["OTHERS FIT", "LEFT", "WHAT IT ASKS"], rows),
    `of ${lookedAt} looked at its query finds ${found}; ${accepting} accept it by theirs, ${mutual} of them are found`,
    ...misses,
  ];
}

/** What waiting changes. */
export function describePatience({ takesFewerInMs, nextIntervalInMs, passive }: ExplainedQuery): string {
  const fewer =
    takesFewerInMs > 0 ? `in ${seconds(takesFewerInMs)} it takes fewer players` : "it takes fewer players now";
  if (nextIntervalInMs === undefined) return fewer;
  const next = `the next interval is in ${seconds(nextIntervalInMs)}`;
  return passive ? `${next}; it has sought in all of its intervals, and is only found now` : `${next}; ${fewer}`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
