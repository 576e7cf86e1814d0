// A matcher's journal holds the facts of all its configurations, one among the other: these are the ones of one of them.
import type { MatchId, ServerSessionId, TicketId } from "@muster/proto";
import type { MatcherFact } from "../../core/fact.ts";
import type { MatcherState } from "../../core/matcher-state.ts";
import type { RecordedFact } from "./foresight.ts";

/** The facts of `configuration`, in their order, and those that are of no configuration; `before` as in `recordEvents()`. */
export function factsOfConfiguration(
  facts: readonly RecordedFact[],
  { configuration, before }: { readonly configuration: string; readonly before?: MatcherState | undefined },
): readonly RecordedFact[] {
  const isOurs = (one: { readonly configuration: string }) => one.configuration === configuration;
  const tickets = new Set<TicketId>();
  const matches = new Set<MatchId>();
  const sessions = new Set<ServerSessionId>();
  for (const [id, { ticket }] of before?.tickets ?? []) if (isOurs(ticket)) tickets.add(id);
  for (const match of before?.matches.values() ?? []) if (isOurs(match)) matches.add(match.matchId);
  for (const { match } of before?.proposals.values() ?? []) if (isOurs(match)) matches.add(match.matchId);
  for (const session of before?.sessions.values() ?? []) if (isOurs(session)) sessions.add(session.battleSessionId);

  const concerns = (fact: MatcherFact): boolean => {
    switch (fact.type) {
      case "rule-set-put":
      case "player-erased":
        return true;
      case "rule-set-deleted":
        return true;
      case "configuration-put":
        return fact.configuration.name === configuration;
      case "configuration-deleted":
        return fact.name === configuration;
      case "ticket-created":
        if (isOurs(fact)) tickets.add(fact.ticketId);
        return isOurs(fact);
      case "players-joined":
      case "preparation-declined":
      case "ticket-cancelled":
      case "ticket-timed-out":
      case "join-token-redeemed":
        return tickets.has(fact.ticketId);
      case "match-formed":
        if (isOurs(fact.match)) matches.add(fact.match.matchId);
        return isOurs(fact.match);
      case "match-placed":
        if (matches.has(fact.matchId)) sessions.add(fact.battleSessionId);
        return matches.has(fact.matchId);
      case "match-accepted":
      case "match-weighed":
      case "proposal-ended":
      case "placement-ended":
        return matches.has(fact.matchId);
      case "party-changed":
      case "ticket-refused":
      case "join-key-added":
      case "join-key-revoked":
      case "duplicate-noted":
      case "ended-forgotten":
      case "erasure-completed":
        return false;
      default:
        return sessions.has(fact.battleSessionId);
    }
  };
  return facts.filter(({ fact }) => concerns(fact));
}
