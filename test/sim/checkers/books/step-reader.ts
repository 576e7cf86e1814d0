// What each fact of a matcher does to tickets, read from the book as it stood before the fact.
import type { MatcherFact } from "@muster/matcher/testing";
import {
  type Configuration,
  type FillEntry,
  type MatchEntry,
  type MatchedSessionEntry,
  type Phase,
  type TicketEntry,
  type TicketStep,
  ticketsOf,
} from "./matcher-entries.ts";
import type { PartyBook } from "./party-book.ts";
import { stepsOfJoin } from "./preparation-book.ts";
import { type ProposalEntry, stepsOfAcceptance, stepsOfEnd, whereTo } from "./proposal-book.ts";

/** Where a ticket is whom the end of its configuration ends. */
const ENDS_WITH_CONFIGURATION: ReadonlySet<Phase> = new Set(["PREPARING", "SEARCHING", "REQUIRES_ACCEPTANCE"]);

/** Tells of each fact what it does, by the pages of the book as they are at the call. */
export function createStepReader(book: {
  readonly configurations: ReadonlyMap<string, Configuration>;
  readonly tickets: ReadonlyMap<string, TicketEntry>;
  readonly parties: PartyBook;
  readonly matches: ReadonlyMap<string, MatchEntry>;
  /** Matches that a hook is asked of. */
  readonly weighed: ReadonlyMap<string, MatchEntry["match"]>;
  readonly proposals: ReadonlyMap<string, ProposalEntry>;
  readonly sessions: ReadonlyMap<string, MatchedSessionEntry>;
  readonly fills: ReadonlyMap<string, FillEntry>;
}): (fact: MatcherFact) => readonly TicketStep[] {
  const { configurations, tickets, parties, matches, weighed, proposals, sessions, fills } = book;
  const returning = (ticketId: string, match: MatchEntry["match"], mayReturn: boolean): TicketStep => {
    const returns = mayReturn && (tickets.get(ticketId)?.placementReturns ?? 0) < match.placementRetries;
    return { ticketId, to: returns ? "SEARCHING" : "FAILED", returns, matchId: match.matchId };
  };
  /** Of a match that its players are told of. */
  const stepsOfMatch = (match: MatchEntry["match"]): readonly TicketStep[] => {
    const { matchId, players, acceptance } = match;
    const to = acceptance ? "REQUIRES_ACCEPTANCE" : whereTo(match);
    const progress = acceptance && `${matchId}: `;
    return ticketsOf(players).map((ticketId) => ({ ticketId, to, matchId, progress }));
  };
  const stepsOf = (fact: MatcherFact): readonly TicketStep[] => {
    return plainStepsOf(fact).map((step) => {
      const ticket = tickets.get(step.ticketId);
      const isOutdated = step.to === "SEARCHING" && ticket !== undefined && !parties.fits(ticket);
      return isOutdated ? { ...step, to: "CANCELLED", viaSearch: true } : step;
    });
  };
  const plainStepsOf = (fact: MatcherFact): readonly TicketStep[] => {
    switch (fact.type) {
      case "players-joined":
        return stepsOfJoin(tickets.get(fact.ticketId), fact);
      case "preparation-declined":
        return [{ ticketId: fact.ticketId, to: "CANCELLED" }];
      case "ticket-cancelled":
        return [{ ticketId: fact.ticketId, to: "CANCELLED" }];
      case "ticket-timed-out":
        return [{ ticketId: fact.ticketId, to: "TIMED_OUT" }];
      case "configuration-deleted":
        // What is under way, a placement or a fill, goes on. Where many search, they are cancelled by facts of their own.
        return [...tickets.values()]
          .filter(({ configuration, phase }) => configuration === fact.name && ENDS_WITH_CONFIGURATION.has(phase))
          .filter(({ phase }) => !(fact.keepsSearching && phase === "SEARCHING"))
          .map(({ ticketId }) => ({ ticketId, to: "CANCELLED", proposalOver: true }));
      case "match-formed": {
        const { matchId, players, hook } = fact.match;
        if (!hook) return stepsOfMatch(fact.match);
        return ticketsOf(players).map((ticketId) => ({ ticketId, to: "CLAIMED", fillId: matchId }));
      }
      case "match-weighed": {
        const held = weighed.get(fact.matchId);
        if (fact.match) return stepsOfMatch(fact.match);
        const isThere = held !== undefined && configurations.has(held.configuration);
        return ticketsOf(held?.players ?? []).map((ticketId) =>
          isThere ? { ticketId, to: "SEARCHING" } : { ticketId, to: "CANCELLED", viaSearch: true },
        );
      }
      case "match-accepted": {
        const proposal = proposals.get(fact.matchId);
        return proposal ? stepsOfAcceptance(proposal, fact.playerIds) : [];
      }
      case "proposal-ended":
        return stepsOfEnd(fact);
      case "match-placed": {
        const match = matches.get(fact.matchId)?.match;
        if (!match) return [];
        const seated = new Set<string | undefined>(fact.players.map((player) => player.ticketId));
        const { matchId, battleSessionId } = fact;
        return ticketsOf(match.players).map((ticketId) =>
          seated.has(ticketId)
            ? { ticketId, to: "COMPLETED", matchId, battleSessionId }
            : returning(ticketId, match, true),
        );
      }
      case "placement-ended": {
        const match = matches.get(fact.matchId)?.match;
        if (!match || (fact.outcome === "TIMED_OUT" && fact.attempt <= match.placementRetries)) return [];
        const { onPlacementFailed } = match;
        const mayReturn = onPlacementFailed ? onPlacementFailed === "SEARCH_ON" : fact.outcome !== "TIMED_OUT";
        return ticketsOf(match.players).map((ticketId) => returning(ticketId, match, mayReturn));
      }
      case "ticket-rejoined": {
        const { ticketId, battleSessionId } = fact;
        const matchId = sessions.get(battleSessionId)?.matchId;
        return [{ ticketId, to: "COMPLETED", matchId, battleSessionId }];
      }
      case "fill-decided":
        return ticketsOf(fact.newcomers).map((ticketId) => ({ ticketId, to: "CLAIMED", fillId: fact.fillId }));
      case "fill-applied": {
        const seated = new Set<string | undefined>(fact.players.map((player) => player.ticketId));
        const { battleSessionId } = fact;
        const matchId = sessions.get(battleSessionId)?.matchId;
        return ticketsOf(fills.get(fact.fillId)?.newcomers ?? []).map((ticketId) =>
          seated.has(ticketId)
            ? { ticketId, to: "COMPLETED", matchId, battleSessionId }
            : { ticketId, to: "SEARCHING" },
        );
      }
      case "fill-dropped":
        return ticketsOf(fills.get(fact.fillId)?.newcomers ?? []).map((ticketId) => ({ ticketId, to: "SEARCHING" }));
      default:
        return [];
    }
  };
  return stepsOf;
}
