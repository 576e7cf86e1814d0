// What was tried for a ticket and changed no state of its own: fills that claim it and are dropped, placements of its match that give no
// session. No state keeps them; they are found in the facts, for who asks about one ticket.
import type { FillId, MatchId, ServerSessionId, TicketId } from "@muster/proto";
import type { MatcherFact } from "./fact.ts";

export type TicketAttempt =
  | {
      readonly type: "FILL_DECIDED" | "FILL_DROPPED";
      readonly fillId: FillId;
      readonly battleSessionId: ServerSessionId;
      /** Why it was dropped. */
      readonly cause: string | undefined;
    }
  | {
      readonly type: "PLACEMENT_ENDED";
      readonly matchId: MatchId;
      /** From 1. */
      readonly attempt: number;
      readonly cause: string;
    };

/** Looks at facts in their order; answers what each tried for the ticket. */
export function createAttemptFinder(ticketId: TicketId): (fact: MatcherFact) => TicketAttempt | undefined {
  const fills = new Set<FillId>();
  const matches = new Set<MatchId>();
  const isIn = (players: readonly { readonly ticketId: TicketId }[]) =>
    players.some((one) => one.ticketId === ticketId);
  return (fact) => {
    switch (fact.type) {
      case "match-formed":
        if (isIn(fact.match.players)) matches.add(fact.match.matchId);
        return undefined;
      case "placement-ended": {
        const { matchId, attempt, outcome: cause } = fact;
        return matches.has(matchId) ? { type: "PLACEMENT_ENDED", matchId, attempt, cause } : undefined;
      }
      case "fill-decided": {
        if (!isIn(fact.newcomers)) return undefined;
        const { fillId, battleSessionId } = fact;
        fills.add(fillId);
        return { type: "FILL_DECIDED", fillId, battleSessionId, cause: undefined };
      }
      case "fill-dropped": {
        const { fillId, battleSessionId, reason: cause } = fact;
        return fills.delete(fillId) ? { type: "FILL_DROPPED", fillId, battleSessionId, cause } : undefined;
      }
      default:
        return undefined;
    }
  };
}
