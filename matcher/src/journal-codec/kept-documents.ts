// What a snapshot keeps as documents rather than in columns: sessions, matches, assignments and configurations, as bytes of
// muster.journal.v1. Fields go in the order of their numbers, so that equal values make equal bytes however they came about.
import { invariant } from "@muster/kit";
import {
  type BackfillId,
  type FillId,
  type JoinKeyId,
  type MatchId,
  type PlayerId,
  type PlayerSessionId,
  type ProcessId,
  readEnum,
  type ServerSessionId,
  type TicketId,
  writeBackfill,
  writeEnum,
} from "@muster/proto";
import * as wire from "@muster/proto/journal-matcher";
import { SessionEndCause } from "@muster/proto/session";
import { parseRuleSet } from "@muster/rules";
import type { BackfillRecord, Fill } from "../core/backfill.ts";
import type { RefusedTicket } from "../core/hooks/refused-tickets.ts";
import type { PlacingMatch } from "../core/match.ts";
import type { MatchedSession } from "../core/matcher-state.ts";
import type { SessionEventRecord } from "../core/session-events.ts";
import type { Assignment } from "../core/ticket.ts";
import type { ConfigurationVersion, HeldConfiguration, HeldRuleSet, RuleSetVersion } from "../core/versions.ts";
import { readConfiguration, writeConfiguration } from "../grpc/configuration-wire.ts";
import { readMatchedProperties, writeMatchedProperties } from "../grpc/query-wire.ts";
import {
  readAssigned,
  readKnownPlayer,
  readMatch,
  readRequiredBackfill,
  writeAddress,
  writeKnownPlayer,
  writeMatch,
} from "./match-wire.ts";

export function encodeRuleSet([name, held]: readonly [string, HeldRuleSet]): Uint8Array {
  const write = ({ document, version, putAtWallMs, fromArrival }: RuleSetVersion): wire.KeptRuleSet => {
    return { name, document, version, putAtWallMs, fromArrival, older: [], filed: "" };
  };
  return wire.KeptRuleSet.encode({ ...write(held), older: held.older.map(write), filed: held.filed ?? "" }).finish();
}

export function decodeRuleSet(bytes: Uint8Array): readonly [string, HeldRuleSet] {
  const read = ({ document, version, putAtWallMs, fromArrival }: wire.KeptRuleSet): RuleSetVersion => {
    return { document, ruleSet: parseRuleSet(document), version, putAtWallMs, fromArrival };
  };
  const message = wire.KeptRuleSet.decode(bytes);
  return [message.name, { ...read(message), older: message.older.map(read), filed: message.filed || undefined }];
}

export function encodeConfiguration(held: HeldConfiguration): Uint8Array {
  const write = (one: ConfigurationVersion): wire.KeptConfiguration => {
    const { version, putAtWallMs, fromArrival } = one;
    return { configuration: writeConfiguration(one), version, putAtWallMs, fromArrival, older: [], filed: "" };
  };
  return wire.KeptConfiguration.encode({
    ...write(held),
    older: held.older.map(write),
    filed: held.filed ?? "",
  }).finish();
}

export function decodeConfiguration(bytes: Uint8Array): HeldConfiguration {
  const read = ({ configuration, version, putAtWallMs, fromArrival }: wire.KeptConfiguration): ConfigurationVersion => {
    return { ...readConfiguration(configuration), version, putAtWallMs, fromArrival };
  };
  const message = wire.KeptConfiguration.decode(bytes);
  return { ...read(message), older: message.older.map(read), filed: message.filed || undefined };
}

export function encodeRefusal({ atMs, ...refused }: RefusedTicket): Uint8Array {
  return wire.KeptRefusal.encode({ refused, atMs }).finish();
}

export function decodeRefusal(bytes: Uint8Array): RefusedTicket {
  const { refused, atMs } = wire.KeptRefusal.decode(bytes);
  invariant(refused, "a refusal that is kept is whole");
  return { ...refused, ticketId: refused.ticketId as TicketId, atMs };
}

export function encodeMatch({ attempt, ...match }: PlacingMatch): Uint8Array {
  return wire.KeptMatch.encode({ match: writeMatch(match), attempt }).finish();
}

export function decodeMatch(bytes: Uint8Array): PlacingMatch {
  const { match, attempt } = wire.KeptMatch.decode(bytes);
  invariant(match, "a match that is kept is whole");
  return { ...readMatch(match), attempt };
}

export function encodeAssignment(assignment: Assignment): Uint8Array {
  const { address, battleSessionId, region, players, formedBy, joinGrant } = assignment;
  const seated = players.map(({ playerId, team, ticketId, playerSessionId, properties }) => {
    const ids = { playerId, team: team ?? "", ticketId: ticketId ?? "", playerSessionId: playerSessionId ?? "" };
    return { ...ids, properties: properties && writeMatchedProperties(properties) };
  });
  return wire.KeptAssignment.encode({
    address: writeAddress(address),
    battleSessionId: battleSessionId ?? "",
    region,
    players: seated,
    formedBy: formedBy && { ...formedBy },
    joinGrant: joinGrant && { ...joinGrant },
    rejoined: assignment.rejoined === true,
  }).finish();
}

export function decodeAssignment(bytes: Uint8Array): Assignment {
  const kept = wire.KeptAssignment.decode(bytes);
  const { address, battleSessionId, region, players, formedBy, joinGrant } = kept;
  return {
    address,
    battleSessionId: (battleSessionId || undefined) as ServerSessionId | undefined,
    region,
    formedBy,
    ...(kept.rejoined && { rejoined: true }),
    joinGrant: joinGrant && { ...joinGrant, keyId: joinGrant.keyId as JoinKeyId },
    players: players.map((player) => ({
      playerId: player.playerId as PlayerId,
      team: player.team || undefined,
      ticketId: (player.ticketId || undefined) as TicketId | undefined,
      playerSessionId: (player.playerSessionId || undefined) as PlayerSessionId | undefined,
      ...(player.properties && { properties: readMatchedProperties(player.properties) }),
    })),
  };
}

export function encodeSession(session: MatchedSession): Uint8Array {
  const { ended } = session;
  return wire.KeptSession.encode({
    battleSessionId: session.battleSessionId,
    matchId: session.matchId,
    configuration: session.configuration,
    formedBy: session.formedBy && { ...session.formedBy },
    capabilityKey: session.capabilityKey,
    processId: session.processId,
    incarnation: session.incarnation,
    ticketIds: [...session.tickets],
    backfill: session.backfill && writeRecord(session.backfill),
    fill: session.fill && writeFill(session.fill),
    startRequests: [...session.startRequests].map(([requestId, request]) => ({ requestId, ...request })),
    turnedAwayTicketIds: [...session.turnedAway],
    end: ended && { atMs: ended.atMs, cause: writeEnum(SessionEndCause, ended.cause) },
    told: session.told,
  }).finish();
}

export function decodeSession(bytes: Uint8Array): MatchedSession {
  const message = wire.KeptSession.decode(bytes);
  const requests = message.startRequests.map(({ requestId, bodyDigest, backfillId }) => {
    return [requestId, { bodyDigest, backfillId: backfillId as BackfillId }] as const;
  });
  return {
    battleSessionId: message.battleSessionId as ServerSessionId,
    matchId: message.matchId as MatchId,
    configuration: message.configuration,
    formedBy: message.formedBy,
    capabilityKey: new Uint8Array(message.capabilityKey),
    processId: message.processId as ProcessId,
    incarnation: message.incarnation,
    tickets: message.ticketIds as TicketId[],
    backfill: message.backfill && readRecord(message.backfill),
    fill: message.fill && readFill(message.fill),
    startRequests: new Map(requests),
    turnedAway: new Set(message.turnedAwayTicketIds as TicketId[]),
    ended: message.end && { atMs: message.end.atMs, cause: readEnum(SessionEndCause, message.end.cause) },
    told: message.told,
  };
}

export function encodeSessionEvent({ what, ...event }: SessionEventRecord): Uint8Array {
  const isEnd = what.type === "SESSION_ENDED";
  return wire.KeptSessionEvent.encode({
    ...event,
    backfill: isEnd ? undefined : writeBackfill(what.backfill),
    endCause: writeEnum(SessionEndCause, isEnd ? what.cause : undefined),
  }).finish();
}

export function decodeSessionEvent(bytes: Uint8Array): SessionEventRecord {
  const { backfill, endCause, ...event } = wire.KeptSessionEvent.decode(bytes);
  return {
    ...event,
    battleSessionId: event.battleSessionId as ServerSessionId,
    matchId: event.matchId as MatchId,
    what: backfill
      ? { type: "BACKFILL_CHANGED", backfill: readRequiredBackfill(backfill) }
      : { type: "SESSION_ENDED", cause: readEnum(SessionEndCause, endCause) },
  };
}

function writeRecord(record: BackfillRecord): wire.KeptBackfill {
  return {
    document: writeBackfill(record.document),
    version: record.version,
    startedAtMs: record.startedAtMs,
    goals: record.goals.map((goal) => ({ ...goal })),
    fillsDecided: record.fillsDecided,
    ticketIds: [...record.tickets],
    cancelRequestId: record.cancelRequestId,
    players: record.players.map(writeKnownPlayer),
  };
}

function readRecord(message: wire.KeptBackfill): BackfillRecord {
  return {
    document: readRequiredBackfill(message.document),
    version: message.version,
    startedAtMs: message.startedAtMs,
    goals: message.goals,
    fillsDecided: message.fillsDecided,
    tickets: message.ticketIds as TicketId[],
    cancelRequestId: message.cancelRequestId,
    players: message.players.map(readKnownPlayer),
  };
}

function writeFill(fill: Fill): wire.KeptFill {
  return {
    fillId: fill.fillId,
    expectedRosterVersion: fill.expectedRosterVersion,
    newcomers: fill.newcomers.map((player) => ({ ...player })),
    document: writeBackfill(fill.document),
    toleratesLeavers: fill.toleratesLeavers,
    approvalTimeoutMs: fill.approvalTimeoutMs ?? 0,
    formedBy: fill.formedBy && { ...fill.formedBy },
  };
}

function readFill(message: wire.KeptFill): Fill {
  return {
    fillId: message.fillId as FillId,
    expectedRosterVersion: message.expectedRosterVersion,
    newcomers: message.newcomers.map(readAssigned),
    document: readRequiredBackfill(message.document),
    toleratesLeavers: message.toleratesLeavers,
    approvalTimeoutMs: message.approvalTimeoutMs || undefined,
    formedBy: message.formedBy,
  };
}
