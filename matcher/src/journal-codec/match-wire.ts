// Parts that the matcher's facts and its snapshots share: matches, who sits where, and backfills as messages.
import { invariant } from "@muster/kit";
import {
  type Address,
  type Backfill,
  type BackfillId,
  type MatchId,
  type PlayerId,
  type PlayerSessionId,
  parseAttributes,
  readBackfill,
  readEnum,
  type TicketId,
  writeAttributes,
} from "@muster/proto";
import type * as wire from "@muster/proto/journal-matcher";
import { PlacementFailurePolicy } from "@muster/proto/matchmaking";
import type { KnownPlayer } from "../core/backfill.ts";
import type { SeatedPlayer } from "../core/fact.ts";
import type { AssignedPlayer, Match } from "../core/match.ts";
import { type CancelCause, cancelCauses, type TicketPlayer } from "../core/ticket.ts";
import { readMatchedHook, writeMatchedHook } from "../grpc/hook-settings-wire.ts";
import { readSessionSettings, writeSessionSettings } from "../grpc/session-settings-wire.ts";

export function writeMatch(match: Match): wire.MatchFormed {
  return {
    matchId: match.matchId,
    configuration: match.configuration,
    queue: match.queue ?? "",
    players: match.players.map((player) => ({ ...player })),
    teams: match.teams.map((team) => ({ ...team })),
    capacity: match.capacity,
    properties: { ...match.properties },
    data: match.data,
    capabilityKey: match.capabilityKey,
    backfillId: match.backfillId ?? "",
    placementRetries: match.placementRetries,
    onPlacementFailed: match.onPlacementFailed && PlacementFailurePolicy[match.onPlacementFailed],
    matcherEndpoint: match.matcherEndpoint,
    regions: [...match.regions],
    acceptance: match.acceptance && { ...match.acceptance },
    formedBy: match.formedBy && { ...match.formedBy },
    session: match.session && writeSessionSettings(match.session),
    joinTokens: match.joinTokens && { ...match.joinTokens },
    hook: match.hook && writeMatchedHook(match.hook),
  };
}

export function readMatch(message: wire.MatchFormed): Match {
  return {
    ...message,
    matchId: message.matchId as MatchId,
    queue: message.queue || undefined,
    onPlacementFailed: readEnum(PlacementFailurePolicy, message.onPlacementFailed ?? 0),
    session: message.session && readSessionSettings(message.session),
    hook: message.hook && readMatchedHook(message.hook),
    players: message.players.map(readAssigned),
    capabilityKey: new Uint8Array(message.capabilityKey), // A copy: it must not keep the bytes around it.
    backfillId: (message.backfillId || undefined) as BackfillId | undefined,
  };
}

export function readAssigned({ ticketId, playerId, team }: wire.AssignedPlayer): AssignedPlayer {
  return { ticketId: ticketId as TicketId, playerId: playerId as PlayerId, team };
}

export function writeSeated({ playerId, team, ticketId, playerSessionId }: SeatedPlayer): wire.SeatedPlayer {
  return { playerId, team: team ?? "", ticketId: ticketId ?? "", playerSessionId, properties: undefined };
}

export function readSeated(message: wire.SeatedPlayer): SeatedPlayer {
  return {
    playerId: message.playerId as PlayerId,
    team: message.team || undefined,
    ticketId: (message.ticketId || undefined) as TicketId | undefined,
    playerSessionId: message.playerSessionId as PlayerSessionId,
  };
}

export function writeTicketPlayer({
  playerId,
  attributes,
  latenciesMs,
  team = "",
  data,
}: TicketPlayer): wire.TicketPlayer {
  return { playerId, attributes: writeAttributes(attributes), latenciesMs: { ...latenciesMs }, team, data };
}

export function readTicketPlayer(message: wire.TicketPlayer): TicketPlayer {
  return {
    playerId: message.playerId as PlayerId,
    attributes: parseAttributes("attributes", message.attributes),
    latenciesMs: message.latenciesMs,
    team: message.team || undefined,
    ...(message.data === undefined ? {} : { data: message.data }),
  };
}

export function writeKnownPlayer({ playerId, attributes, latenciesMs }: KnownPlayer): wire.TicketPlayer {
  return { playerId, attributes: writeAttributes(attributes), latenciesMs: { ...latenciesMs }, team: "" };
}

export function readKnownPlayer({ playerId, attributes, latenciesMs }: wire.TicketPlayer): KnownPlayer {
  return { playerId: playerId as PlayerId, attributes: parseAttributes("attributes", attributes), latenciesMs };
}

export function writeAddress(address: Address | undefined): wire.MatchPlaced["address"] {
  return address && { host: address.host, ports: { ...address.ports } };
}

export function readRequiredBackfill(message: wire.BackfillStarted["backfill"]): Backfill {
  invariant(message, "whoever speaks of a backfill carries its document");
  return readBackfill(message);
}

/** Undefined: by request. */
export function readCancelCause(word: string): CancelCause | undefined {
  if (word === "") return undefined;
  const cause = cancelCauses.find((known) => known === word);
  invariant(cause, `the journal holds causes that this build knows: ${word}`);
  return cause;
}
