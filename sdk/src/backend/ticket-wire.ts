// Tickets: the backend's plain values ↔ the messages of the contract. The backend's one door to them.
import {
  fieldInvalid,
  limits,
  type MatchId,
  MusterError,
  type PartyId,
  parseAttributes,
  parseId,
  parsePlayerData,
  parsePlayerId,
  readEnum,
  readReason,
  readWord,
  type TicketId,
  writeAttributes,
  writeEnum,
} from "@muster/proto";
import * as wire from "@muster/proto/matchmaking";
import * as session from "@muster/proto/session";
import type {
  Assignment,
  JoinMatching,
  MatchAnswer,
  MatchedProperties,
  Preparation,
  Proposal,
  StartedTicket,
  StartMatching,
  Ticket,
  TicketEvent,
  TicketPlayer,
} from "./ticket.ts";

/** @throws {MusterError} FIELD_INVALID or ID_MALFORMED naming the field, before anything is sent. */
export function writeStartMatching(start: StartMatching & { readonly ticketId: string }): wire.StartMatchingRequest {
  const { configuration, ticketId, players, asked, party, presenceGraceSeconds } = start;
  const count = players.length + (asked?.playerIds.length ?? 0);
  if (!party || count > 0) checkCount("players", count);
  return {
    configuration,
    ticketId: parseId<TicketId>("ticketId", ticketId),
    players: players.map(writePlayer),
    ...(presenceGraceSeconds === undefined ? {} : { presenceGraceSeconds }),
    ...(asked && {
      asked: {
        playerIds: asked.playerIds.map((id, index) => parsePlayerId(`asked.playerIds[${index}]`, id)),
        timeoutSeconds: asked.timeoutSeconds ?? 0,
      },
    }),
    ...(party && {
      party: {
        partyId: parseId<PartyId>("party.partyId", party.partyId),
        leaderId: parsePlayerId("party.leaderId", party.leaderId),
      },
    }),
    ...writeQuery(start),
  };
}

function writeQuery(start: StartMatching) {
  const { query, minCount, maxCount, countMultiple, stringProperties = {}, numericProperties = {} } = start;
  return {
    ...(query === undefined ? {} : { query }),
    ...(minCount === undefined ? {} : { minCount }),
    ...(maxCount === undefined ? {} : { maxCount }),
    ...(countMultiple === undefined ? {} : { countMultiple }),
    stringProperties: { ...stringProperties },
    numericProperties: { ...numericProperties },
  };
}

/** @throws {MusterError} FIELD_INVALID or ID_MALFORMED naming the field, before anything is sent. */
export function writeJoinMatching({ ticketId, players }: JoinMatching): wire.JoinMatchingRequest {
  checkCount("players", players.length);
  return { ticketId: parseId<TicketId>("ticketId", ticketId), players: players.map(writePlayer) };
}

function checkCount(field: string, count: number): void {
  if (count >= 1 && count <= limits.PLAYERS_PER_TICKET_MAX) return;
  throw fieldInvalid(field, `1 to ${limits.PLAYERS_PER_TICKET_MAX} players`, count);
}

function writePlayer(player: TicketPlayer, index: number): wire.Player {
  return writeNamedPlayer(`players[${index}]`, player);
}

/** @throws {MusterError} FIELD_INVALID or ID_MALFORMED naming a field of `path`. */
export function writeNamedPlayer(path: string, player: TicketPlayer): wire.Player {
  return {
    playerId: parsePlayerId(`${path}.playerId`, player.playerId),
    attributes: writeAttributes(parseAttributes(`${path}.attributes`, player.attributes ?? {})),
    latenciesMs: writeLatencies(`${path}.latenciesMs`, player.latenciesMs ?? {}),
    team: player.team ?? "",
    ...parsePlayerData(`${path}.data`, player.data),
  };
}

function writeLatencies(path: string, latenciesMs: Readonly<Record<string, number>>): Record<string, number> {
  const rounded: Record<string, number> = {};
  for (const [region, latencyMs] of Object.entries(latenciesMs)) {
    if (!(latencyMs >= 0 && latencyMs <= limits.LATENCY_MS_MAX)) {
      throw fieldInvalid(`${path}.${region}`, `0 to ${limits.LATENCY_MS_MAX} ms`, latencyMs);
    }
    rounded[region] = Math.round(latencyMs);
  }
  return rounded;
}

/** @throws {MusterError} FIELD_INVALID for an answer that says neither. */
export function readStartedTicket({ ticketId, ticket, refusal }: wire.StartedTicket): StartedTicket {
  if (!refusal) return { ticketId, ticket: readTicket(ticket), error: undefined };
  const { reason, message, metadata } = refusal;
  const error = new MusterError(readReason(reason, "INVALID_ARGUMENT"), message, { metadata });
  return { ticketId, ticket: undefined, error };
}

/** @throws {MusterError} FIELD_INVALID for a ticket that is absent or in a state that this build does not know. */
export function readTicket(message: wire.Ticket | undefined): Ticket {
  if (!message) throw fieldInvalid("ticket", "present in the answer", "absent");
  return {
    ticketId: message.ticketId,
    configuration: message.configuration,
    state: readWord("ticket.state", wire.TicketState, message.state),
    version: message.version,
    players: message.players.map((player) => readPlayer("ticket.players", player)),
    createdAt: message.createdAt ?? new Date(0),
    timesOutAt: message.timesOutAt,
    matchId: message.matchId || undefined,
    assignment: message.assignment && readAssignment(message.assignment),
    cause: message.cause || undefined,
    returns: message.returns,
    estimatedWaitMs: message.estimatedWaitMs,
    proposal: message.proposal && readProposal(message.proposal),
    preparation: message.preparation && readPreparation(message.preparation),
    partyId: message.partyId || undefined,
    presenceGraceSeconds: message.presenceGraceSeconds,
    query: message.query,
  };
}

/** @throws {MusterError} FIELD_INVALID. */
export function readPlayer(path: string, player: wire.Player): Required<TicketPlayer> {
  return {
    playerId: player.playerId,
    attributes: parseAttributes(`${path}.attributes`, player.attributes),
    latenciesMs: player.latenciesMs,
    team: player.team || undefined,
    data: player.data,
  };
}

function readPreparation({ expiresAt = new Date(0), players }: wire.Preparation): Preparation {
  return { expiresAt, players: players.map(({ playerId, joined }) => ({ playerId, joined })) };
}

function readProposal({ expiresAt = new Date(0), players }: wire.Proposal): Proposal {
  return {
    expiresAt,
    players: players.map(({ playerId, team, ticketId, accepted }) => {
      return { playerId, team: team || undefined, ticketId, accepted };
    }),
  };
}

/** @throws {MusterError} FIELD_INVALID or ID_MALFORMED naming the field, before anything is sent. */
export function writeMatchAnswer(
  { ticketId, matchId, playerIds }: MatchAnswer,
  answer: "ACCEPT" | "REFUSE",
): wire.AcceptMatchRequest {
  checkCount("playerIds", playerIds.length);
  return {
    ticketId: parseId<TicketId>("ticketId", ticketId),
    matchId: parseId<MatchId>("matchId", matchId),
    playerIds: playerIds.map((id, index) => parsePlayerId(`playerIds[${index}]`, id)),
    answer: writeEnum(wire.MatchAnswer, answer),
  };
}

function readAssignment(message: wire.Assignment): Assignment {
  return {
    address: message.address,
    battleSessionId: message.battleSessionId || undefined,
    region: message.region || undefined,
    formedBy: message.formedBy,
    ...(message.rejoined === true && { rejoined: true }),
    players: message.players.map((player) => ({
      playerId: player.playerId,
      team: player.team || undefined,
      ticketId: player.ticketId || undefined,
      playerSessionId: player.playerSessionId || undefined,
      ...(player.joinToken !== undefined && { joinToken: player.joinToken }),
      ...(player.properties && { properties: readProperties(player.properties) }),
    })),
  };
}

function readProperties({ stringProperties, numericProperties, partyId }: wire.TicketProperties): MatchedProperties {
  return { stringProperties, numericProperties, partyId: partyId || undefined };
}

/** Undefined for a heartbeat, and for what only a newer backend would understand. */
export function readTicketEvent(message: wire.WatchTicketsResponse): TicketEvent | undefined {
  const type = readEnum(wire.TicketEventType, message.type);
  if (type === undefined || type === "HEARTBEAT") return undefined;
  const { resumeToken, at = new Date(0) } = message;
  const ticket = readTicket(message.ticket);
  if (type !== "SESSION_ENDED") return { type, ticket, at, resumeToken };
  return { type, ticket, at, resumeToken, cause: readEnum(session.SessionEndCause, message.sessionEndCause) };
}
