// Facts ↔ muster.journal.v1: what the journal keeps of them. A record's kind is the number of its arm in the oneof.
import { invariant, unreachable } from "@muster/kit";
import {
  type ErasureId,
  encodeMessage,
  type FillId,
  type MatchId,
  type PartyId,
  type PlayerId,
  type ProcessId,
  readEnum,
  readWord,
  type ServerSessionId,
  type TicketId,
  writeBackfill,
  writeEnum,
} from "@muster/proto";
import * as wire from "@muster/proto/journal-matcher";
import { SessionEndCause } from "@muster/proto/session";
import type { MatcherFact } from "../core/fact.ts";
import { readConfiguration, writeConfiguration } from "../grpc/configuration-wire.ts";
import { writeTicketQuery } from "../grpc/query-wire.ts";
import { readJoinFact, writeJoinFact } from "./join-wire.ts";
import {
  readAssigned,
  readCancelCause,
  readKnownPlayer,
  readMatch,
  readRequiredBackfill,
  readSeated,
  readTicketPlayer,
  writeAddress,
  writeKnownPlayer,
  writeMatch,
  writeSeated,
  writeTicketPlayer,
} from "./match-wire.ts";
import { readDuplicate, readRejoined, writeDuplicate, writeRejoined } from "./notice-wire.ts";
import { readPartyChanged, writePartyChanged } from "./party-wire.ts";

/** A fact as it is journaled: the record has its journal time, the body the wall clock's. */
export type JournaledFact = { readonly atWallMs: number; readonly fact: MatcherFact };

type Arm = NonNullable<wire.MatcherFact["fact"]>;

const KINDS: Readonly<Record<Arm["$case"], number>> = {
  ruleSetPut: 10,
  configurationPut: 11,
  ticketCreated: 12,
  ticketCancelled: 13,
  ticketTimedOut: 14,
  matchFormed: 15,
  matchPlaced: 16,
  placementEnded: 17,
  backfillStarted: 18,
  backfillChanged: 19,
  fillDecided: 20,
  fillApplied: 21,
  fillDropped: 22,
  sessionEnded: 23,
  endedForgotten: 24,
  playerErased: 25,
  erasureCompleted: 26,
  sessionAdopted: 27,
  matchAccepted: 28,
  proposalEnded: 29,
  ruleSetDeleted: 30,
  configurationDeleted: 31,
  playersJoined: 40,
  preparationDeclined: 41,
  partyChanged: 42,
  joinKeyAdded: 50,
  joinKeyRevoked: 51,
  joinTokenRedeemed: 52,
  ticketRefused: 53,
  matchWeighed: 54,
  duplicateNoted: 60,
  ticketRejoined: 61,
};

/** What the ledger is given. Decoding throws on a record that this build does not know: it is of a newer one. */
export const factCodec = {
  encode({ atWallMs, fact }: JournaledFact): { readonly kind: number; readonly body: Uint8Array } {
    const arm = writeFact(fact);
    const body = encodeMessage(wire.MatcherFact, { atWallMs: Math.round(atWallMs), fact: arm });
    return { kind: KINDS[arm.$case], body };
  },
  decode(kind: number, body: Uint8Array): JournaledFact {
    const { atWallMs, fact } = wire.MatcherFact.decode(body);
    invariant(fact && KINDS[fact.$case] === kind, `the journal holds facts that this build knows: kind ${kind}`);
    return { atWallMs, fact: readFact(fact) };
  },
};

function writeFact(fact: MatcherFact): Arm {
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

function readFact(arm: Arm): MatcherFact {
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
