// What a configuration of queries may say, and what of it is told apart from what another says.
import { fieldInvalid, MusterError } from "@muster/proto";
import { checkQuerySettings, type QuerySettings } from "@muster/rules";
import type { Configuration } from "../configuration.ts";

/** @throws {MusterError} FIELD_INVALID for a configuration with both a rule set and a query, with neither, or with what goes with the other. */
export function checkQueryConfiguration({ ruleSet, query, alternatives, requestTimeoutMs }: Kinds): void {
  if (!query) {
    if (ruleSet === undefined) throw fieldInvalid("rule_set", "a rule set, or a query in its place", "missing");
    if (requestTimeoutMs === undefined) throw fieldInvalid("request_timeout_seconds", "a number of seconds", "missing");
    return;
  }
  const rule = "absent in a configuration with a query";
  if (ruleSet !== undefined) throw fieldInvalid("rule_set", rule, ruleSet);
  if (alternatives?.length) throw fieldInvalid("alternatives", rule, alternatives.length);
  checkQuerySettings(query);
}

type Kinds = Pick<Configuration, "ruleSet" | "query" | "alternatives" | "requestTimeoutMs">;

/**
 * Tickets that are there could not be matched by another kind of configuration, nor their queries be read otherwise.
 *
 * @throws {MusterError} FIELD_INVALID if `after` is of another kind, or reads queries in another mode, than `before`.
 */
export function checkSameKind(before: Configuration, after: Configuration): void {
  const kindOf = ({ query }: Configuration) => (query ? `a query (${query.mode})` : "a rule set");
  const [present, wanted] = [kindOf(before), kindOf(after)];
  if (present === wanted) return;
  const why = `Cannot put configuration ${after.name} with ${wanted} as its kind stays as it is: it has ${present}; delete it first`;
  throw new MusterError("FIELD_INVALID", why, { metadata: { field: "query" } });
}

/** All that it says, in one order. */
export function canonicalQuery(query: QuerySettings): readonly unknown[] {
  const { mode, intervalMs, maxIntervals, reversePrecision, reverseThreshold, maxTicketsPerPlayer, onMatched } = query;
  return [mode, intervalMs, maxIntervals, reversePrecision, reverseThreshold, maxTicketsPerPlayer, onMatched];
}
