// Where a match may be placed: the regions that suit everybody by every latency rule.
import type { Roster } from "./roster.ts";
import { regionsOf } from "./rule-types/latency.ts";
import type { Rule } from "./rule-types/table.ts";

/** By the latency rules among `rules`, alphabetically. None if there is no such rule: then any region will do. */
export function suitingRegions(rules: readonly Rule[], roster: Roster): readonly string[] {
  const [first = [], ...others] = rules
    .filter((rule) => rule.type === "latency")
    .map((rule) => regionsOf(rule, roster));
  return first.filter((region) => others.every((regions) => regions.includes(region)));
}
