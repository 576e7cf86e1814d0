// A fact as its message of muster.journal.v1.
import { unreachable } from "@muster/kit";
import { writeBackfill, writeEnum } from "@muster/proto";
import * as wire from "@muster/proto/journal-matcher";
import { SessionEndCause } from "@muster/proto/session";
import type { MatcherFact } from "../core/fact.ts";
import { writeConfiguration } from "../grpc/configuration-wire.ts";
import { writeTicketQuery } from "../grpc/query-wire.ts";
import { writeJoinFact } from "./join-wire.ts";
import { writeAddress, writeKnownPlayer, writeMatch, writeSeated, writeTicketPlayer } from "./match-wire.ts";
import { writeDuplicate, writeRejoined } from "./notice-wire.ts";
import { writePartyChanged } from "./party-wire.ts";

/** A fact on the wire: one arm of the oneof. */
export type FactArm = NonNullable<wire.MatcherFact["fact"]>;

export function writeFact(fact: MatcherFact): FactArm {
  switch (fact.type) {
    case "rule-set-put": {
      const { name, document, newTicketsOnly = false, filed = "" } = fact;
      return { $case: "ruleSetPut", value: { name, document, newTicketsOnly, filed } };
    }
    case "configuration-put":
      return {
        $case: "configurationPut",
        value: {
          configuration: writeConfiguration(fact.configuration),
          newTicketsOnly: fact.newTicketsOnly === true,
          filed: fact.filed ?? "",
        },
      };
    case "rule-set-deleted":
      return { $case: "ruleSetDeleted", value: { name: fact.name } };
    case "configuration-deleted":
      return {
        $case: "configurationDeleted",
        value: { name: fact.name, keepsSearching: fact.keepsSearching === true },
      };
    case "ticket-created":
      return {
        $case: "ticketCreated",
        value: {
          ticketId: fact.ticketId,
          configuration: fact.configuration,
          players: fact.players.map(writeTicketPlayer),
          bodyDigest: fact.bodyDigest,
          timesOutAtMs: Math.round(fact.timesOutAtMs),
          joined: fact.joined,
          partyId: fact.partyId ?? "",
          presenceGraceMs: fact.presenceGraceMs,
          query: fact.query && writeTicketQuery(fact.query),
        },
      };
    case "players-joined": {
      const { ticketId, timesOutAtMs } = fact;
      const players = fact.players.map(writeTicketPlayer);
      return { $case: "playersJoined", value: { ticketId, players, timesOutAtMs: Math.round(timesOutAtMs) } };
    }
    case "preparation-declined":
      return { $case: "preparationDeclined", value: { ticketId: fact.ticketId, playerId: fact.playerId } };
    case "ticket-cancelled":
      return { $case: "ticketCancelled", value: { ticketId: fact.ticketId, cause: fact.cause ?? "" } };
    case "party-changed":
      return { $case: "partyChanged", value: writePartyChanged(fact) };
    case "ticket-rejoined":
      return { $case: "ticketRejoined", value: writeRejoined(fact) };
    case "duplicate-noted":
      return { $case: "duplicateNoted", value: writeDuplicate(fact) };
    case "ticket-timed-out":
      return { $case: "ticketTimedOut", value: { ticketId: fact.ticketId } };
    case "match-formed":
      return { $case: "matchFormed", value: writeMatch(fact.match) };
    case "match-accepted": {
      const { matchId, ticketId, playerIds } = fact;
      return { $case: "matchAccepted", value: { matchId, ticketId, playerIds: [...playerIds] } };
    }
    case "proposal-ended": {
      const outcomes = fact.outcomes.map(({ ticketId, fate }) => ({
        ticketId,
        fate: writeEnum(wire.ProposalFate, fate),
      }));
      return { $case: "proposalEnded", value: { matchId: fact.matchId, outcomes } };
    }
    case "match-placed":
      return {
        $case: "matchPlaced",
        value: {
          matchId: fact.matchId,
          battleSessionId: fact.battleSessionId,
          address: writeAddress(fact.address),
          region: fact.region,
          players: fact.players.map(writeSeated),
          processId: fact.processId,
          incarnation: fact.incarnation,
        },
      };
    case "placement-ended":
      return {
        $case: "placementEnded",
        value: {
          matchId: fact.matchId,
          attempt: fact.attempt,
          outcome: writeEnum(wire.PlacementOutcome, fact.outcome),
          failure: fact.failure,
        },
      };
    case "backfill-started":
      return {
        $case: "backfillStarted",
        value: {
          battleSessionId: fact.battleSessionId,
          backfill: writeBackfill(fact.backfill),
          goals: fact.goals.map((goal) => ({ ...goal })),
          requestId: fact.requestId ?? "",
          bodyDigest: fact.bodyDigest,
          players: fact.players.map(writeKnownPlayer),
        },
      };
    case "session-adopted": {
      const { type: _, ...origin } = fact;
      return { $case: "sessionAdopted", value: origin };
    }
    case "backfill-changed":
      return {
        $case: "backfillChanged",
        value: {
          battleSessionId: fact.battleSessionId,
          backfill: writeBackfill(fact.backfill),
          requestId: fact.requestId ?? "",
        },
      };
    case "fill-decided":
      return {
        $case: "fillDecided",
        value: {
          fillId: fact.fillId,
          battleSessionId: fact.battleSessionId,
          expectedRosterVersion: fact.expectedRosterVersion,
          newcomers: fact.newcomers.map((player) => ({ ...player })),
          backfill: writeBackfill(fact.backfill),
          toleratesLeavers: fact.toleratesLeavers,
          approvalTimeoutMs: fact.approvalTimeoutMs ?? 0,
          formedBy: fact.formedBy && { ...fact.formedBy },
        },
      };
    case "fill-applied":
      return {
        $case: "fillApplied",
        value: {
          fillId: fact.fillId,
          battleSessionId: fact.battleSessionId,
          address: writeAddress(fact.address),
          region: fact.region,
          players: fact.players.map(writeSeated),
        },
      };
    case "fill-dropped":
      return {
        $case: "fillDropped",
        value: { fillId: fact.fillId, battleSessionId: fact.battleSessionId, reason: fact.reason },
      };
    case "session-ended":
      return {
        $case: "sessionEnded",
        value: { battleSessionId: fact.battleSessionId, cause: writeEnum(SessionEndCause, fact.cause) },
      };
    case "ended-forgotten":
      return { $case: "endedForgotten", value: { endedUntilMs: Math.round(fact.endedUntilMs) } };
    case "match-weighed": {
      const { matchId, code, match } = fact;
      return { $case: "matchWeighed", value: { matchId, code, match: match && writeMatch(match) } };
    }
    case "ticket-refused": {
      const { type: _, ...refused } = fact;
      return { $case: "ticketRefused", value: refused };
    }
    case "join-key-added":
    case "join-key-revoked":
    case "join-token-redeemed":
      return writeJoinFact(fact);
    case "player-erased": {
      const { erasureId, playerId, playerDigest } = fact;
      return { $case: "playerErased", value: { erasureId, playerId, playerDigest } };
    }
    case "erasure-completed":
      return { $case: "erasureCompleted", value: { erasureId: fact.erasureId } };
    default:
      return unreachable(fact);
  }
}
