// Proposals as the matcher's facts tell of them: who is asked, who has accepted, and what each ticket comes to.
import type { MatcherFact } from "@muster/matcher/testing";
import type { TicketStep } from "./matcher-entries.ts";

type Fact<Type extends MatcherFact["type"]> = Extract<MatcherFact, { type: Type }>;
type Match = Fact<"match-formed">["match"];
type Fate = Fact<"proposal-ended">["outcomes"][number]["fate"];

export type ProposalEntry = {
  readonly match: Match;
  readonly deadlineAtMs: number;
  /** Number of the observation that showed it. */
  readonly openedTick: number;
  /** Players, in the order of their answers. */
  readonly accepted: Set<string>;
  isOpen: boolean;
  /** Of the observation that closed it. */
  closedTick: number;
};

const AFTER: Readonly<Record<Fate, TicketStep["to"]>> = {
  REFUSED: "CANCELLED",
  CANCELLED: "CANCELLED",
  PARTY_CHANGED: "CANCELLED",
  OWNER_GONE: "CANCELLED",
  SILENT: "CANCELLED",
  RETURNED_REFUSED: "SEARCHING",
  RETURNED_UNANSWERED: "SEARCHING",
  DISSOLVED_REFUSED: "CANCELLED",
  DISSOLVED_UNANSWERED: "CANCELLED",
  TIMED_OUT: "TIMED_OUT",
};

export function isAcceptedByAll({ match, accepted }: ProposalEntry): boolean {
  return match.players.every(({ playerId }) => accepted.has(playerId));
}

/** Who has accepted so far, as one text. */
export function progressOf({ match, accepted }: ProposalEntry): string {
  return `${match.matchId}: ${[...accepted].toSorted().join()}`;
}

/** What an acceptance does to all tickets of the match: the last one takes them on. */
export function stepsOfAcceptance(entry: ProposalEntry, playerIds: readonly string[]): readonly TicketStep[] {
  const { match } = entry;
  const after = { ...entry, accepted: new Set([...entry.accepted, ...playerIds]) };
  const to = isAcceptedByAll(after) ? whereTo(match) : "REQUIRES_ACCEPTANCE";
  const progress = to === "REQUIRES_ACCEPTANCE" ? progressOf(after) : undefined;
  return ticketsIn(match).map((ticketId) => ({ ticketId, to, matchId: match.matchId, progress }));
}

/** Where a match goes that nobody needs to be asked about any more. */
export function whereTo({ queue }: Match): "COMPLETED" | "PLACING" {
  return queue === undefined ? "COMPLETED" : "PLACING";
}

export function stepsOfEnd({ matchId, outcomes }: Fact<"proposal-ended">): readonly TicketStep[] {
  return outcomes.map(({ ticketId, fate }) => ({ ticketId, to: AFTER[fate], proposalOver: true, matchId }));
}

function ticketsIn({ players }: Match): readonly string[] {
  return [...new Set(players.map(({ ticketId }) => ticketId))];
}
