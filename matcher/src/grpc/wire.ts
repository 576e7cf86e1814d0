// muster.matchmaking.v1 ↔ the matcher's own words. Everything that comes in is parsed here, or refused by name.
import {
  fieldInvalid,
  limits,
  parseAttributes,
  parseId,
  parsePlayerData,
  parsePlayerId,
  readWord,
  type TicketId,
  writeAttributes,
  writeEnum,
} from "@muster/proto";
import {
  type AcceptMatchRequest,
  MatchAnswer,
  type Player,
  type Proposal,
  type StartMatchingRequest,
  TicketEventType,
  type Ticket as TicketMessage,
  TicketState,
  type WatchTicketsRequest,
  type WatchTicketsResponse,
} from "@muster/proto/matchmaking";
import { SessionEndCause } from "@muster/proto/session";
import type { AcceptMatch } from "../core/accept-match.ts";
import { joinTokenOf, noJoinTokens, type WriteJoinToken } from "../core/join-tokens/join-book.ts";
import { NEVER_MS } from "../core/never.ts";
import type { ProposalView } from "../core/proposal.ts";
import type { StartMatching } from "../core/start-matching.ts";
import { type Assignment, readPhase, type Ticket, type TicketPlayer } from "../core/ticket.ts";
import type { TicketEventRecord } from "../core/ticket-events.ts";
import { canonicalJson, digestOfText } from "../digest.ts";
import type { TicketSelection } from "../ticket-watch.ts";
import { readPartyStart } from "./party/party-wire.ts";
import { readPreparation, writePreparation } from "./preparation-wire.ts";
import { readPresence, writePresence } from "./presence-wire.ts";
import { readAskedQuery, writeMatchedProperties, writeTicketQuery } from "./query-wire.ts";
import { textOfStart } from "./start-text.ts";

export function readStartMatching(request: StartMatchingRequest, drawId: () => TicketId): StartMatching {
  const configuration = parseId("configuration", request.configuration);
  const ticketId = request.ticketId === "" ? drawId() : parseId<TicketId>("ticket_id", request.ticketId);
  const preparation = readPreparation(request);
  const asked = preparation?.asked ?? [];
  const count = request.players.length + asked.length;
  const party = readPartyStart(request.party);
  // A party's ticket that names nobody is of all its members.
  if (count < (party ? 0 : 1) || count > limits.PLAYERS_PER_TICKET_MAX) {
    throw fieldInvalid("players", `1 to ${limits.PLAYERS_PER_TICKET_MAX} players`, count);
  }
  const players = request.players.map((player, index) => readPlayer(player, `players[${index}]`));
  if (count > 1) {
    const ids = new Set([...players.map((player) => player.playerId), ...asked]);
    if (ids.size !== count) throw fieldInvalid("players", "different players", `${count} with ${ids.size} ids`);
  }
  const query = readAskedQuery(request);
  // A request that asks nobody, and seeks nobody, has the digest that it always had.
  const isUsual = !preparation && !party && !query && request.presenceGraceSeconds === undefined;
  const presence = readPresence(request.presenceGraceSeconds, 0);
  const more = isUsual
    ? undefined
    : { ...(preparation && { preparation }), ...(party && { party }), ...presence, ...(query && { query }) };
  const body = more ? canonicalJson({ configuration, players, ...more }) : textOfStart(configuration, players);
  if (body.length > limits.TICKET_CHARS_MAX) {
    throw fieldInvalid("players", `at most ${limits.TICKET_CHARS_MAX} characters as JSON`, body.length);
  }
  const read = { ticketId, configuration, players, bodyDigest: digestOfText(body) };
  return more ? { ...read, ...more } : read;
}

/** @throws {MusterError} FIELD_INVALID, ID_MALFORMED. */
export function readPlayer(player: Player, path: string): TicketPlayer {
  return {
    playerId: parsePlayerId(`${path}.player_id`, player.playerId),
    attributes: parseAttributes(`${path}.attributes`, player.attributes),
    latenciesMs: readLatencies(`${path}.latencies_ms`, player.latenciesMs),
    team: player.team === "" ? undefined : player.team,
    ...parsePlayerData(`${path}.data`, player.data),
  };
}

/** One for all who report none. */
const NO_LATENCIES: Readonly<Record<string, number>> = Object.freeze({});

export function readLatencies(
  path: string,
  latencies: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const entries = Object.entries(latencies);
  if (entries.length === 0) return NO_LATENCIES;
  if (entries.length > limits.LATENCIES_PER_PLAYER_MAX) {
    throw fieldInvalid(path, `at most ${limits.LATENCIES_PER_PLAYER_MAX} regions`, entries.length);
  }
  for (const [region, ms] of entries) {
    parseId(path, region);
    if (ms < 0 || ms > limits.LATENCY_MS_MAX)
      throw fieldInvalid(`${path}.${region}`, `0 to ${limits.LATENCY_MS_MAX}`, ms);
  }
  return latencies;
}

/** @throws {MusterError} FIELD_INVALID unless there are 1 to 128 ids; ID_MALFORMED. */
export function readTicketIds(ticketIds: readonly string[]): readonly TicketId[] {
  if (ticketIds.length < 1 || ticketIds.length > limits.TICKETS_PER_CALL_MAX) {
    throw fieldInvalid("ticket_ids", `1 to ${limits.TICKETS_PER_CALL_MAX} ids`, ticketIds.length);
  }
  return ticketIds.map((id, index) => parseId<TicketId>(`ticket_ids[${index}]`, id));
}

/** @throws {MusterError} FIELD_INVALID, ID_MALFORMED. */
export function readAcceptMatch({ ticketId, matchId, playerIds, answer }: AcceptMatchRequest): AcceptMatch {
  if (playerIds.length < 1 || playerIds.length > limits.PLAYERS_PER_TICKET_MAX) {
    throw fieldInvalid("player_ids", `1 to ${limits.PLAYERS_PER_TICKET_MAX} ids`, playerIds.length);
  }
  const players = playerIds.map((id, index) => parsePlayerId(`player_ids[${index}]`, id));
  if (new Set(players).size !== players.length) {
    throw fieldInvalid("player_ids", "different players", `${players.length} with ${new Set(players).size} ids`);
  }
  return {
    ticketId: parseId("ticket_id", ticketId),
    matchId: parseId("match_id", matchId),
    playerIds: players,
    answer: readWord("answer", MatchAnswer, answer),
  };
}

/** The ticket as its backend may see it: secrets of its own players only, and no join tokens by default. */
export function writeTicket(ticket: Ticket, writeJoinToken: WriteJoinToken = noJoinTokens): TicketMessage {
  const { state } = ticket;
  return {
    ticketId: ticket.ticketId,
    configuration: ticket.configuration,
    state: writeEnum(TicketState, readPhase(state)),
    version: ticket.version,
    players: ticket.players.map(writePlayer),
    createdAt: new Date(ticket.createdAtWallMs),
    timesOutAt: timesOutAtOf(ticket),
    matchId: ("matchId" in state && state.matchId) || "",
    assignment: state.phase === "COMPLETED" ? writeAssignment(ticket, state.assignment, writeJoinToken) : undefined,
    cause: ("cause" in state && state.cause) || "",
    returns: ticket.returns,
    proposal: state.phase === "REQUIRES_ACCEPTANCE" ? writeProposal(state.proposal) : undefined,
    preparation: state.phase === "PREPARING" ? writePreparation(ticket, state.preparation) : undefined,
    ...(ticket.partyId === undefined ? {} : { partyId: ticket.partyId }),
    ...writePresence(ticket),
    ...queryOf(ticket),
  };
}

export function writePlayer({ playerId, attributes, latenciesMs, team = "", data }: TicketPlayer): Player {
  return { playerId, attributes: writeAttributes(attributes), latenciesMs: { ...latenciesMs }, team, data };
}

function queryOf({ query }: Ticket): Pick<TicketMessage, "query"> {
  return query ? { query: writeTicketQuery(query) } : {};
}

function timesOutAtOf({
  createdAtWallMs,
  preparedForMs = 0,
  searchingSinceMs,
  timesOutAtMs,
}: Ticket): Date | undefined {
  if (timesOutAtMs >= NEVER_MS) return undefined;
  return new Date(createdAtWallMs + preparedForMs + timesOutAtMs - searchingSinceMs);
}

function writeProposal({ terms, accepted }: ProposalView): Proposal {
  const places = new Set(accepted);
  return {
    expiresAt: new Date(terms.expiresAtWallMs),
    players: terms.players.map(({ playerId, team, ticketId }, place) => {
      return { playerId, team, ticketId, accepted: places.has(place) };
    }),
  };
}

function writeAssignment(
  ticket: Ticket,
  { address, battleSessionId, region, players, formedBy, rejoined }: Assignment,
  writeJoinToken: WriteJoinToken,
): TicketMessage["assignment"] {
  return {
    address: address && { host: address.host, ports: { ...address.ports } },
    battleSessionId: battleSessionId ?? "",
    region: region ?? "",
    formedBy: formedBy && { ...formedBy },
    rejoined,
    players: players.map(({ playerId, team, ticketId, playerSessionId, properties }) => ({
      playerId,
      team: team ?? "",
      ticketId: ticketId ?? "",
      playerSessionId: (ticketId === ticket.ticketId && playerSessionId) || "",
      joinToken: joinTokenOf(ticket, { playerId, team, ticketId }, writeJoinToken),
      ...(properties && { properties: writeMatchedProperties(properties) }),
    })),
  };
}

export type WatchTickets = {
  readonly select: TicketSelection;
  /** Number of the last event that was handled; undefined: none. */
  readonly after: number | undefined;
};

/** @throws {MusterError} FIELD_INVALID, ID_MALFORMED. */
export function readWatchTickets(request: WatchTicketsRequest): WatchTickets {
  const after = request.resumeToken === "" ? undefined : readResumeToken(request.resumeToken);
  if (request.ticketIds.length > 0) {
    if (request.configuration !== "")
      throw fieldInvalid("configuration", "empty beside ticket_ids", request.configuration);
    if (request.playerId !== undefined) throw fieldInvalid("player_id", "absent beside ticket_ids", request.playerId);
    // Named twice, a ticket would be told of twice.
    return { select: { type: "tickets", ticketIds: [...new Set(readTicketIds(request.ticketIds))] }, after };
  }
  if (request.playerId !== undefined) {
    if (request.configuration !== "")
      throw fieldInvalid("configuration", "empty beside player_id", request.configuration);
    return { select: { type: "player", playerId: parsePlayerId("player_id", request.playerId) }, after };
  }
  if (request.configuration === "") return { select: { type: "all" }, after };
  return { select: { type: "configuration", configuration: parseId("configuration", request.configuration) }, after };
}

export function writeTicketEvent(event: TicketEventRecord, writeJoinToken?: WriteJoinToken): WatchTicketsResponse {
  return {
    resumeToken: writeResumeToken(event.number),
    type: writeEnum(TicketEventType, event.type),
    ticket: writeTicket(event.ticket, writeJoinToken),
    at: new Date(event.atWallMs),
    sessionEndCause: writeEnum(SessionEndCause, event.sessionEndCause),
  };
}

export function writeHeartbeat(number: number, atWallMs: number): WatchTicketsResponse {
  return {
    resumeToken: writeResumeToken(number),
    type: TicketEventType.HEARTBEAT,
    ticket: undefined,
    at: new Date(atWallMs),
    sessionEndCause: SessionEndCause.UNSPECIFIED,
  };
}

// Opaque to everybody else: "t1" is the form, so that a later one can tell old tokens.
function writeResumeToken(number: number): string {
  return `t1.${number.toString(36)}`;
}

function readResumeToken(token: string): number {
  const [, digits] = /^t1\.([0-9a-z]{1,10})$/.exec(token) ?? [];
  if (digits === undefined) throw fieldInvalid("resume_token", "a token of this service", token);
  return Number.parseInt(digits, 36);
}
