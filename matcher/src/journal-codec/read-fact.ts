// A fact out of its message of muster.journal.v1.
import { unreachable } from "@muster/kit";
import {
  type ErasureId,
  type FillId,
  type MatchId,
  type PartyId,
  type PlayerId,
  type ProcessId,
  readEnum,
  readWord,
  type ServerSessionId,
  type TicketId,
} from "@muster/proto";
import * as wire from "@muster/proto/journal-matcher";
import { SessionEndCause } from "@muster/proto/session";
import type { MatcherFact } from "../core/fact.ts";
import { readConfiguration } from "../grpc/configuration-wire.ts";
import { readJoinFact } from "./join-wire.ts";
import {
  readAssigned,
  readCancelCause,
  readKnownPlayer,
  readMatch,
  readRequiredBackfill,
  readSeated,
  readTicketPlayer,
} from "./match-wire.ts";
import { readDuplicate, readRejoined } from "./notice-wire.ts";
import { readPartyChanged } from "./party-wire.ts";
import type { FactArm } from "./write-fact.ts";

export function readFact(arm: FactArm): MatcherFact {
  switch (arm.$case) {
    case "ruleSetPut":
      return {
        type: "rule-set-put",
        name: arm.value.name,
        document: arm.value.document,
        newTicketsOnly: arm.value.newTicketsOnly || undefined,
        filed: arm.value.filed || undefined,
      };
    case "configurationPut":
      return {
        type: "configuration-put",
        configuration: readConfiguration(arm.value.configuration),
        newTicketsOnly: arm.value.newTicketsOnly || undefined,
        filed: arm.value.filed || undefined,
      };
    case "ruleSetDeleted":
      return { type: "rule-set-deleted", name: arm.value.name };
    case "configurationDeleted":
      return {
        type: "configuration-deleted",
        name: arm.value.name,
        ...(arm.value.keepsSearching && { keepsSearching: true }),
      };
    case "ticketCreated":
      return {
        type: "ticket-created",
        ticketId: arm.value.ticketId as TicketId,
        configuration: arm.value.configuration,
        players: arm.value.players.map(readTicketPlayer),
        bodyDigest: arm.value.bodyDigest,
        timesOutAtMs: arm.value.timesOutAtMs,
        joined: arm.value.joined,
        partyId: (arm.value.partyId || undefined) as PartyId | undefined,
        presenceGraceMs: arm.value.presenceGraceMs,
        ...(arm.value.query && { query: arm.value.query }),
      };
    case "playersJoined":
      return {
        type: "players-joined",
        ticketId: arm.value.ticketId as TicketId,
        players: arm.value.players.map(readTicketPlayer),
        timesOutAtMs: arm.value.timesOutAtMs,
      };
    case "preparationDeclined":
      return {
        type: "preparation-declined",
        ticketId: arm.value.ticketId as TicketId,
        playerId: arm.value.playerId as PlayerId,
      };
    case "ticketCancelled":
      return {
        type: "ticket-cancelled",
        ticketId: arm.value.ticketId as TicketId,
        cause: readCancelCause(arm.value.cause),
      };
    case "partyChanged":
      return readPartyChanged(arm.value);
    case "ticketRejoined":
      return readRejoined(arm.value);
    case "duplicateNoted":
      return readDuplicate(arm.value);
    case "ticketTimedOut":
      return { type: "ticket-timed-out", ticketId: arm.value.ticketId as TicketId };
    case "matchFormed":
      return { type: "match-formed", match: readMatch(arm.value) };
    case "matchAccepted":
      return {
        type: "match-accepted",
        matchId: arm.value.matchId as MatchId,
        ticketId: arm.value.ticketId as TicketId,
        playerIds: arm.value.playerIds as PlayerId[],
      };
    case "proposalEnded":
      return {
        type: "proposal-ended",
        matchId: arm.value.matchId as MatchId,
        outcomes: arm.value.outcomes.map(({ ticketId, fate }) => ({
          ticketId: ticketId as TicketId,
          fate: readWord("fate", wire.ProposalFate, fate),
        })),
      };
    case "matchPlaced":
      return {
        type: "match-placed",
        matchId: arm.value.matchId as MatchId,
        battleSessionId: arm.value.battleSessionId as ServerSessionId,
        address: arm.value.address,
        region: arm.value.region,
        players: arm.value.players.map(readSeated),
        processId: arm.value.processId as ProcessId,
        incarnation: arm.value.incarnation,
      };
    case "placementEnded":
      return {
        type: "placement-ended",
        matchId: arm.value.matchId as MatchId,
        attempt: arm.value.attempt,
        outcome: readWord("outcome", wire.PlacementOutcome, arm.value.outcome),
        failure: arm.value.failure,
      };
    case "backfillStarted":
      return {
        type: "backfill-started",
        battleSessionId: arm.value.battleSessionId as ServerSessionId,
        backfill: readRequiredBackfill(arm.value.backfill),
        goals: arm.value.goals,
        requestId: arm.value.requestId || undefined,
        bodyDigest: arm.value.bodyDigest,
        players: arm.value.players.map(readKnownPlayer),
      };
    case "sessionAdopted":
      return {
        type: "session-adopted",
        battleSessionId: arm.value.battleSessionId as ServerSessionId,
        matchId: arm.value.matchId as MatchId,
        configuration: arm.value.configuration,
        capabilityKey: new Uint8Array(arm.value.capabilityKey),
        processId: arm.value.processId as ProcessId,
        incarnation: arm.value.incarnation,
      };
    case "backfillChanged":
      return {
        type: "backfill-changed",
        battleSessionId: arm.value.battleSessionId as ServerSessionId,
        backfill: readRequiredBackfill(arm.value.backfill),
        requestId: arm.value.requestId || undefined,
      };
    case "fillDecided":
      return {
        type: "fill-decided",
        fillId: arm.value.fillId as FillId,
        battleSessionId: arm.value.battleSessionId as ServerSessionId,
        expectedRosterVersion: arm.value.expectedRosterVersion,
        newcomers: arm.value.newcomers.map(readAssigned),
        backfill: readRequiredBackfill(arm.value.backfill),
        toleratesLeavers: arm.value.toleratesLeavers,
        approvalTimeoutMs: arm.value.approvalTimeoutMs || undefined,
        formedBy: arm.value.formedBy,
      };
    case "fillApplied":
      return {
        type: "fill-applied",
        fillId: arm.value.fillId as FillId,
        battleSessionId: arm.value.battleSessionId as ServerSessionId,
        address: arm.value.address,
        region: arm.value.region,
        players: arm.value.players.map(readSeated),
      };
    case "fillDropped":
      return {
        type: "fill-dropped",
        fillId: arm.value.fillId as FillId,
        battleSessionId: arm.value.battleSessionId as ServerSessionId,
        reason: arm.value.reason,
      };
    case "sessionEnded":
      return {
        type: "session-ended",
        battleSessionId: arm.value.battleSessionId as ServerSessionId,
        cause: readEnum(SessionEndCause, arm.value.cause),
      };
    case "endedForgotten":
      return { type: "ended-forgotten", endedUntilMs: arm.value.endedUntilMs };
    case "matchWeighed": {
      const { matchId, code, match } = arm.value;
      return { type: "match-weighed", matchId: matchId as MatchId, code, match: match && readMatch(match) };
    }
    case "ticketRefused":
      return { type: "ticket-refused", ...arm.value, ticketId: arm.value.ticketId as TicketId };
    case "joinKeyAdded":
    case "joinKeyRevoked":
    case "joinTokenRedeemed":
      return readJoinFact(arm);
    case "playerErased":
      return {
        type: "player-erased",
        erasureId: arm.value.erasureId as ErasureId,
        playerId: arm.value.playerId as PlayerId,
        playerDigest: arm.value.playerDigest,
      };
    case "erasureCompleted":
      return { type: "erasure-completed", erasureId: arm.value.erasureId as ErasureId };
    default:
      return unreachable(arm);
  }
}
