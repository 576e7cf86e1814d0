// The regions in which a match may be placed: those that suit everybody by every latency rule.
import { type Rule, regionsOf } from "@muster/rules/plan";
import type { Seat } from "./placing.ts";

/** By the latency rules among `rules`, alphabetically. None if there is no such rule: then any region will do. */
export function regionsFor(rules: readonly Rule[], seats: readonly Seat[]): readonly string[] {
  const latencies = rules.filter((rule) => rule.type === "latency");
  if (latencies.length === 0) return [];
  const players = seats.map(({ ticket, player }) => ({ ...player, ticketId: ticket.ticketId }));
  const [first = [], ...others] = latencies.map((rule) => regionsOf(rule, [{ name: "", players }]));
  return first.filter((region) => others.every((regions) => regions.includes(region)));
}
