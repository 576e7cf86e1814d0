// What a simulation tells of the facts that the core decided, and what it counts: all that somebody outside would notice.
import { invariant } from "@muster/kit";
import type { Backfill, BattleSession, MatchId, ServerSessionId, TicketId } from "@muster/proto";
import type { RuleSet, SeatedTeam } from "@muster/rules";
import { isSameDocument } from "../core/backfill.ts";
import { seatedWithLatencies } from "../core/battle-latencies.ts";
import type { MatcherFact } from "../core/fact.ts";
import { type AssignedPlayer, ticketsOf } from "../core/match.ts";
import type { MatcherState } from "../core/matcher-state.ts";
import { afterProposal, type ProposalFate } from "../core/proposal.ts";
import { estimateWait } from "../core/waits/estimate-wait.ts";
import { seatsOf } from "../seats-of.ts";
import type { SimulatedFleet } from "./simulated-fleet.ts";
import type { SimulatedSeat, SimulationFact, SimulationSummary } from "./simulation-fact.ts";
import { createTally } from "./tally.ts";

export interface Story {
  /** Tells of a fact that has been folded. */
  tell(fact: MatcherFact): void;
  /**
   * Tells of new company, before its fact is folded, and answers its id. `filled` is the session with the newcomers in it; `accepted` the
   * match that all of them have accepted; `choice` by which of the rule sets, the preferred one by default.
   */
  formed(
    newcomers: readonly AssignedPlayer[],
    of?: { readonly filled?: BattleSession; readonly accepted?: MatchId; readonly choice?: number },
  ): MatchId;
  /** Tells of company that is asked, before its fact is folded, and answers its id. */
  proposed(players: readonly AssignedPlayer[], expiresAtMs: number): MatchId;
  /** Tells of the session's backfill if anything in it is new. */
  backfill(battleSessionId: ServerSessionId): void;
  refused(refusal: Omit<Extract<SimulationFact, { type: "Refused" }>, "at" | "type">): void;
  /** Whether the id was given to a match or fill. */
  knows(matchId: string): boolean;
  summary(end: { readonly untilMs: number; readonly ticketsLeft: number }): SimulationSummary;
}

export function createStory(of: {
  readonly state: MatcherState;
  readonly fleet: SimulatedFleet;
  /** The preferred one first. */
  readonly ruleSets: readonly RuleSet[];
  readonly nowMs: () => number;
  readonly tell: (fact: SimulationFact) => void;
}): Story {
  const { state, fleet, ruleSets, nowMs, tell } = of;
  const tally = createTally(ruleSets);
  const told = new Map<ServerSessionId, Backfill>();
  const given = new Set<string>();
  let matches = 0;

  const at = () => Math.round(nowMs()) / 1_000;
  /** The next of m1, m2, … that is not the id of a declared session. */
  const nextMatchId = (): MatchId => {
    do matches += 1;
    while (fleet.find(`m${matches}` as ServerSessionId));
    given.add(`m${matches}`);
    return `m${matches}` as MatchId;
  };
  const backfill = (battleSessionId: ServerSessionId) => {
    const document = state.sessions.get(battleSessionId)?.backfill?.document;
    const before = told.get(battleSessionId);
    if (!document || (before && isSameDocument(before, document))) return;
    told.set(battleSessionId, document);
    const { state: phase, cause, strategy, noLegalFill, progress } = document;
    const why = cause === undefined ? {} : { cause };
    tell({ at: at(), type: "BackfillUpdated", battleSessionId, state: phase, ...why, strategy, noLegalFill, progress });
  };

  const proposed: Story["proposed"] = (players, expiresAtMs) => {
    const matchId = nextMatchId();
    tally.countProposal("made");
    tell({ at: at(), type: "MatchProposed", matchId, teams: seatsByTeam(players), expiresAt: expiresAtMs / 1_000 });
    return matchId;
  };
  const formed: Story["formed"] = (newcomers, { filled, accepted, choice = 0 } = {}) => {
    const matchId = accepted ?? nextMatchId();
    const into = filled ? { battleSessionId: filled.battleSessionId } : {};
    const by = choice === 0 ? {} : { alternative: choice };
    tell({ at: at(), type: "MatchFormed", matchId, teams: seatsByTeam(newcomers), ...into, ...by });
    const tickets = ticketsOf(newcomers).map((ticketId) => {
      const ticket = state.tickets.get(ticketId)?.ticket;
      invariant(ticket, "whoever is matched came with a ticket");
      const waitSeconds = (nowMs() - ticket.searchingSinceMs) / 1_000;
      return { ticketId, waitSeconds, players: ticket.players.length };
    });
    const seated = filled ? seatedWithLatencies(state, filled) : seatedBy(state, newcomers);
    tally.formed({ matchId, isFill: filled !== undefined, tickets, teams: seated, choice });
    return matchId;
  };
  const estimate = (ticketId: TicketId) => {
    const ticket = state.tickets.get(ticketId)?.ticket;
    const waitMs = ticket && estimateWait(state, ticket, nowMs());
    if (waitMs !== undefined) tally.estimated(ticketId, waitMs / 1_000);
  };
  /** Not everybody accepted the match: what becomes of its tickets. */
  const ended = ({ matchId, outcomes }: Extract<MatcherFact, { type: "proposal-ended" }>) => {
    const reason = endOf(outcomes.map(({ fate }) => fate));
    tally.countProposal(reason === "UNANSWERED" ? "unanswered" : "refused");
    tell({ at: at(), type: "ProposalEnded", matchId, reason });
    for (const { ticketId, fate } of outcomes) {
      const { phase, cause } = afterProposal[fate];
      if (phase === "SEARCHING") tell({ at: at(), type: "TicketReturned", ticketId, cause });
      if (phase === "SEARCHING") continue;
      tally.count(phase === "CANCELLED" ? "cancelled" : "timedOut");
      if (phase === "CANCELLED") tell({ at: at(), type: "TicketCancelled", ticketId, cause });
      else tell({ at: at(), type: "TicketTimedOut", ticketId });
    }
  };
  /** The match has no session: some of its tickets may search on. */
  const lost = (matchId: MatchId) => {
    for (const ticketId of tally.lost(matchId)) {
      const ticket = state.tickets.get(ticketId)?.ticket.state;
      if (ticket?.phase !== "FAILED") continue;
      tally.count("failed");
      tell({ at: at(), type: "TicketFailed", ticketId, cause: ticket.cause });
    }
  };

  return {
    formed,
    proposed,
    backfill,
    knows: (matchId) => given.has(matchId),
    summary: (end) => tally.summary(end),
    refused(refusal) {
      tally.count("refused");
      tell({ at: at(), type: "Refused", ...refusal });
    },
    tell(fact) {
      switch (fact.type) {
        case "ticket-created":
          tally.count("started");
          if (fact.joined === undefined) estimate(fact.ticketId);
          break;
        case "match-accepted": {
          const { matchId, playerIds } = fact;
          tell({ at: at(), type: "MatchAccepted", matchId, playerIds });
          if (!state.proposals.has(matchId)) tally.countProposal("accepted");
          break;
        }
        case "proposal-ended":
          ended(fact);
          break;
        case "players-joined": {
          const { ticketId, players } = fact;
          const isReady = state.tickets.get(ticketId)?.ticket.state.phase === "SEARCHING";
          tell({
            at: at(),
            type: "PlayersJoined",
            ticketId,
            playerIds: players.map(({ playerId }) => playerId),
            isReady,
          });
          if (isReady) estimate(ticketId);
          break;
        }
        case "preparation-declined":
          tally.count("cancelled");
          tell({ at: at(), type: "TicketCancelled", ticketId: fact.ticketId, cause: "PREPARATION_DECLINED" });
          break;
        case "ticket-cancelled":
          tally.count("cancelled");
          tell({ at: at(), type: "TicketCancelled", ticketId: fact.ticketId });
          break;
        case "ticket-timed-out":
          tally.count("timedOut");
          tell({ at: at(), type: "TicketTimedOut", ticketId: fact.ticketId, ...timeoutOf(state, fact.ticketId) });
          break;
        case "backfill-started":
        case "backfill-changed":
          backfill(fact.battleSessionId);
          break;
        case "placement-ended":
          if (!state.matches.has(fact.matchId)) lost(fact.matchId);
          break;
        default:
          break;
      }
    },
  };
}

/** Why, where it had not come to a search. */
function timeoutOf(state: MatcherState, ticketId: TicketId): { readonly cause?: string } {
  const at = state.tickets.get(ticketId)?.ticket.state;
  return at?.phase === "TIMED_OUT" && at.cause === "PREPARATION_TIMED_OUT" ? { cause: at.cause } : {};
}

function seatsByTeam(players: readonly AssignedPlayer[]): Readonly<Record<string, readonly SimulatedSeat[]>> {
  const teams = new Map<string, SimulatedSeat[]>();
  for (const { ticketId, playerId, team } of players) {
    const seats = teams.get(team) ?? [];
    teams.set(team, seats);
    seats.push({ ticketId, playerId });
  }
  return Object.fromEntries(teams);
}

function endOf(fates: readonly ProposalFate[]): "REFUSED" | "CANCELLED" | "UNANSWERED" {
  if (fates.includes("REFUSED")) return "REFUSED";
  return fates.includes("CANCELLED") ? "CANCELLED" : "UNANSWERED";
}

function seatedBy(state: MatcherState, players: readonly AssignedPlayer[]): readonly SeatedTeam[] {
  const names = [...new Set(players.map(({ team }) => team))];
  const seats = seatsOf(state, players);
  return names.map((name) => ({ name, players: seats.filter((seat) => seat.team === name) }));
}
