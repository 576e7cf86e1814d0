// A match that waits for its server session, and what its tickets may hope for when a placement ends without one.
import { unreachable } from "@muster/kit";
import type { BackfillId, MatchId, PlacementId, PlayerId, Team, TicketId } from "@muster/proto";
import { placementIdOf } from "@muster/proto";
import type { PlacementFailurePolicy } from "./configuration.ts";
import type { MatchedHook } from "./hooks/hook-settings.ts";
import type { JoinTokenTerms } from "./join-tokens/join-settings.ts";
import type { AcceptanceTerms } from "./proposal.ts";
import type { SessionSettings } from "./session-settings.ts";
import type { TicketCause } from "./ticket.ts";
import type { FormedBy } from "./versions.ts";

/** Who sits where. Undefined team: the rule set has none. */
export type AssignedPlayer = {
  readonly ticketId: TicketId;
  readonly playerId: PlayerId;
  readonly team: string;
};

/** Everything that the placement asks for, as it was decided: a repeat after a restart says the same. */
export type Match = {
  readonly matchId: MatchId;
  readonly configuration: string;
  /** Undefined: the match only forms a group. */
  readonly queue: string | undefined;
  readonly players: readonly AssignedPlayer[];
  readonly teams: readonly Team[];
  readonly capacity: number;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
  readonly capabilityKey: Uint8Array;
  /** Of the backfill that the session is born with. */
  readonly backfillId: BackfillId | undefined;
  readonly placementRetries: number;
  /** Undefined: by how the placement ended. */
  readonly onPlacementFailed?: PlacementFailurePolicy | undefined;
  readonly matcherEndpoint: string;
  /** That suit everybody by the rule set's latency rules. Empty: it has none, and any will do. */
  readonly regions: readonly string[];
  /** Its players are asked first. Undefined: they are not. */
  readonly acceptance?: AcceptanceTerms | undefined;
  /** What its session is made with. Undefined: nothing of it. */
  readonly session?: SessionSettings | undefined;
  /** Undefined: formed before versions were counted. */
  readonly formedBy?: FormedBy | undefined;
  /** What its players get if it stays without a session. Undefined: nothing. */
  readonly joinTokens?: JoinTokenTerms | undefined;
  /** Asked of it before anybody is told. Undefined: nobody is, or it has spoken. */
  readonly hook?: MatchedHook | undefined;
};

/** A match in placement: attempt 1, 2, …; the next is made only when the last has ended. */
export type PlacingMatch = Match & { readonly attempt: number };

export type PlacementOutcome = "CANCELLED" | "TIMED_OUT" | "FAILED";

export type AfterPlacement =
  | { readonly type: "place-again" }
  /** Tickets with returns left search on, their age kept; the others are FAILED. */
  | { readonly type: "release"; readonly cause: TicketCause; readonly searchOn: boolean };

/**
 * What follows when an attempt ended without a session. A queue that had no room in time is asked again for the same
 * match; one that could never serve these players, or was told to stop, is not: they search on for other company, unless the
 * configuration says otherwise.
 */
export function stepPlacement(match: PlacingMatch, outcome: PlacementOutcome): AfterPlacement {
  const { onPlacementFailed: policy } = match;
  const searchOn = policy === undefined ? undefined : policy === "SEARCH_ON";
  switch (outcome) {
    case "TIMED_OUT":
      if (match.attempt <= match.placementRetries) return { type: "place-again" };
      return { type: "release", cause: "PLACEMENT_TIMED_OUT", searchOn: searchOn ?? false };
    case "FAILED":
      return { type: "release", cause: "PLACEMENT_FAILED", searchOn: searchOn ?? true };
    case "CANCELLED":
      return { type: "release", cause: "PLACEMENT_CANCELLED", searchOn: searchOn ?? true };
    default:
      return unreachable(outcome);
  }
}

/** The tickets of the match, each once, in the order of their players. */
export function ticketsOf(players: readonly AssignedPlayer[]): readonly TicketId[] {
  return [...new Set(players.map((player) => player.ticketId))];
}

/** The id of the attempt that is under way. */
export function presentPlacementId(match: PlacingMatch): PlacementId {
  return placementIdOf(match.matchId, match.attempt);
}
