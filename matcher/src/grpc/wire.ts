// muster.matchmaking.v1 ↔ the matcher's own words. Everything that comes in is parsed here, or refused by name.
import {
  type BackfillId,
  fieldInvalid,
  limits,
  parseAttributes,
  parseId,
  parsePlayerData,
  parsePlayerId,
  readEnum,
  readWord,
  type ServerSessionId,
  type TicketId,
  writeAttributes,
  writeEnum,
} from "@muster/proto";
import {
  type AcceptMatchRequest,
  type Alternative as AlternativeMessage,
  BattleOrder,
  type KnownPlayer as KnownPlayerMessage,
  MatchAnswer,
  type MatchmakingConfiguration,
  PlacementFailurePolicy,
  type Player,
  type Proposal,
  RequestTimeoutFrom,
  type StartBackfillRequest,
  type StartMatchingRequest,
  TicketEventType,
  type Ticket as TicketMessage,
  TicketState,
  type WatchTicketsRequest,
  type WatchTicketsResponse,
} from "@muster/proto/matchmaking";
import { BackfillStrategy, SessionEndCause } from "@muster/proto/session";
import type { AcceptMatch } from "../core/accept-match.ts";
import type { KnownPlayer } from "../core/backfill.ts";
import type { BackfillSettings } from "../core/backfill-settings.ts";
import {
  ACCEPTANCE_TIMEOUT_SECONDS_DEFAULT,
  type AcceptanceSettings,
  type Alternative,
  type Configuration,
  checkConfiguration,
  PLACEMENT_RETRIES_DEFAULT,
  REQUEST_TIMEOUT_MS_DEFAULT,
  SETTLE_MS_DEFAULT,
} from "../core/configuration.ts";
import { joinTokenOf, noJoinTokens, type WriteJoinToken } from "../core/join-tokens/join-book.ts";
import { NEVER_MS } from "../core/never.ts";
import type { ProposalView } from "../core/proposal.ts";
import type { StartBackfill } from "../core/start-backfill.ts";
import type { StartMatching } from "../core/start-matching.ts";
import { type Assignment, readPhase, type Ticket, type TicketPlayer } from "../core/ticket.ts";
import type { TicketEventRecord } from "../core/ticket-events.ts";
import type { HeldConfiguration } from "../core/versions.ts";
import { canonicalJson, digestOf, digestOfText } from "../digest.ts";
import type { TicketSelection } from "../ticket-watch.ts";
import { readDuplicatePlayers, writeDuplicatePlayers } from "./duplicate-players-wire.ts";
import { readHookSettings, writeHookSettings } from "./hook-settings-wire.ts";
import { readJoinTokenSettings, writeJoinTokenSettings } from "./join-tokens/join-settings-wire.ts";
import { readPartyStart } from "./party/party-wire.ts";
import { readPreparation, writePreparation } from "./preparation-wire.ts";
import { readPresence, writePresence } from "./presence-wire.ts";
import {
  readAskedQuery,
  readQuerySettings,
  writeMatchedProperties,
  writeQuerySettings,
  writeTicketQuery,
} from "./query-wire.ts";
import { readSessionSettings, writeSessionSettings } from "./session-settings-wire.ts";

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
  const ids = new Set([...players.map((player) => player.playerId), ...asked]);
  if (ids.size !== count) throw fieldInvalid("players", "different players", `${count} with ${ids.size} ids`);
  // A request that asks nobody, and seeks nobody, has the digest that it always had.
  const query = readAskedQuery(request);
  const presence = readPresence(request.presenceGraceSeconds, 0);
  const more = { ...(preparation && { preparation }), ...(party && { party }), ...presence, ...(query && { query }) };
  const body = canonicalJson({ configuration, players, ...more });
  if (body.length > limits.TICKET_CHARS_MAX) {
    throw fieldInvalid("players", `at most ${limits.TICKET_CHARS_MAX} characters as JSON`, body.length);
  }
  const read = { ticketId, configuration, players, bodyDigest: digestOfText(body) };
  return { ...read, ...more };
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

function readLatencies(path: string, latencies: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
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

export function readConfiguration(message: MatchmakingConfiguration | undefined): Configuration {
  if (!message) throw fieldInvalid("configuration", "a configuration", "missing");
  const timeoutSeconds = message.requestTimeoutSeconds;
  return checkConfiguration({
    name: parseId("name", message.name),
    ruleSet: message.query && message.ruleSet === "" ? undefined : parseId("rule_set", message.ruleSet),
    ...(message.query && { query: readQuerySettings(message.query) }),
    queue: message.queue === "" ? undefined : parseId("queue", message.queue),
    alternatives: message.alternatives.length === 0 ? undefined : message.alternatives.map(readAlternative),
    requestTimeoutMs:
      timeoutSeconds === 0 ? (message.query ? undefined : REQUEST_TIMEOUT_MS_DEFAULT) : timeoutSeconds * 1_000,
    autoBackfill: message.autoBackfill,
    settleMs: message.settleMs ?? SETTLE_MS_DEFAULT,
    properties: message.properties,
    data: message.data,
    placementRetries: message.placementRetries ?? PLACEMENT_RETRIES_DEFAULT,
    onPlacementFailed: message.onPlacementFailed
      ? readWord("on_placement_failed", PlacementFailurePolicy, message.onPlacementFailed)
      : undefined,
    backfill: message.backfill && readBackfillSettings(message.backfill),
    duplicatePlayers: message.duplicatePlayers && readDuplicatePlayers(message.duplicatePlayers),
    requestTimeoutFrom: message.requestTimeoutFrom
      ? readWord("request_timeout_from", RequestTimeoutFrom, message.requestTimeoutFrom)
      : undefined,
    ...readPresence(message.presenceGraceSeconds, 1),
    acceptance: message.acceptance && readAcceptanceSettings(message.acceptance),
    session: message.session && readSessionSettings(message.session),
    hooks: message.hooks && readHookSettings(message.hooks),
    joinTokens: message.joinTokens && readJoinTokenSettings(message.joinTokens),
  });
}

function readAlternative({ ruleSet, queue }: AlternativeMessage, index: number): Alternative {
  const path = `alternatives[${index}]`;
  return {
    ruleSet: parseId(`${path}.rule_set`, ruleSet),
    queue: queue === "" ? undefined : parseId(`${path}.queue`, queue),
  };
}

function readAcceptanceSettings(message: NonNullable<MatchmakingConfiguration["acceptance"]>): AcceptanceSettings {
  const { timeoutSeconds, autoContinue = true } = message;
  return {
    timeoutMs: 1_000 * (timeoutSeconds === 0 ? ACCEPTANCE_TIMEOUT_SECONDS_DEFAULT : timeoutSeconds),
    autoContinue,
  };
}

function readBackfillSettings(message: NonNullable<MatchmakingConfiguration["backfill"]>): BackfillSettings {
  const { order, preferRunning, fillPlayersMax, approvalTimeoutMs } = message;
  return {
    order: order === BattleOrder.UNSPECIFIED ? "OLDEST_FIRST" : readWord("backfill.order", BattleOrder, order),
    preferRunning,
    fillPlayersMax: fillPlayersMax === 0 ? undefined : fillPlayersMax,
    approvalTimeoutMs: approvalTimeoutMs === 0 ? undefined : approvalTimeoutMs,
  };
}

/** As answers tell of it. */
export function writeHeldConfiguration(held: HeldConfiguration): MatchmakingConfiguration {
  return {
    ...writeConfiguration(held),
    version: held.version,
    putAt: new Date(held.putAtWallMs),
    olderVersions: held.older.map(({ version }) => version),
  };
}

/** As it is put. */
export function writeConfiguration(configuration: Configuration): MatchmakingConfiguration {
  return {
    name: configuration.name,
    ruleSet: configuration.ruleSet ?? "",
    ...(configuration.query && { query: writeQuerySettings(configuration.query) }),
    queue: configuration.queue ?? "",
    alternatives: (configuration.alternatives ?? []).map(({ ruleSet, queue }) => ({ ruleSet, queue: queue ?? "" })),
    olderVersions: [],
    requestTimeoutSeconds: (configuration.requestTimeoutMs ?? 0) / 1_000,
    autoBackfill: configuration.autoBackfill,
    settleMs: configuration.settleMs,
    properties: { ...configuration.properties },
    data: configuration.data,
    placementRetries: configuration.placementRetries,
    onPlacementFailed: configuration.onPlacementFailed && PlacementFailurePolicy[configuration.onPlacementFailed],
    backfill: configuration.backfill && {
      ...configuration.backfill,
      order: writeEnum(BattleOrder, configuration.backfill.order),
      fillPlayersMax: configuration.backfill.fillPlayersMax ?? 0,
      approvalTimeoutMs: configuration.backfill.approvalTimeoutMs ?? 0,
    },
    duplicatePlayers: configuration.duplicatePlayers && writeDuplicatePlayers(configuration.duplicatePlayers),
    requestTimeoutFrom: configuration.requestTimeoutFrom && RequestTimeoutFrom[configuration.requestTimeoutFrom],
    ...writePresence(configuration),
    acceptance: configuration.acceptance && {
      timeoutSeconds: configuration.acceptance.timeoutMs / 1_000,
      autoContinue: configuration.acceptance.autoContinue,
    },
    session: configuration.session && writeSessionSettings(configuration.session),
    hooks: configuration.hooks && writeHookSettings(configuration.hooks),
    joinTokens: configuration.joinTokens && writeJoinTokenSettings(configuration.joinTokens),
  };
}

export function readStartBackfill(request: StartBackfillRequest, drawId: () => BackfillId): StartBackfill {
  const battleSessionId = readBattleSessionId(request);
  const strategy = readEnum(BackfillStrategy, request.strategy);
  if (!strategy) throw fieldInvalid("strategy", "MAX_POSSIBLE or CUSTOM", request.strategy);
  const { addPlayers, replace } = request;
  checkAddPlayers(strategy, Object.entries(addPlayers));
  const configuration = request.configuration && parseId("configuration", request.configuration);
  const players = readKnownPlayers(request.players?.players ?? []);
  // A request that says neither has the digest that it always had.
  const more = { ...(configuration && { configuration }), ...(players.length > 0 && { players }) };
  return {
    battleSessionId,
    strategy,
    addPlayers,
    replace,
    requestId: readRequestId(request),
    bodyDigest: digestOf({ battleSessionId, strategy, addPlayers, replace, ...more }),
    configuration: configuration || undefined,
    players,
    backfillId: drawId(),
  };
}

function readKnownPlayers(messages: readonly KnownPlayerMessage[]): readonly KnownPlayer[] {
  const most = limits.MATCH_PLAYERS_MAX;
  if (messages.length > most) throw fieldInvalid("players", `at most ${most} players`, messages.length);
  const players = messages.map(({ playerId, attributes, latenciesMs }, index) => ({
    playerId: parsePlayerId(`players[${index}].player_id`, playerId),
    attributes: parseAttributes(`players[${index}].attributes`, attributes),
    latenciesMs: readLatencies(`players[${index}].latencies_ms`, latenciesMs),
  }));
  const ids = new Set(players.map(({ playerId }) => playerId));
  if (ids.size === players.length) return players;
  throw fieldInvalid("players", "different players", `${players.length} with ${ids.size} ids`);
}

function checkAddPlayers(strategy: "MAX_POSSIBLE" | "CUSTOM", teams: readonly (readonly [string, number])[]): void {
  if (strategy === "MAX_POSSIBLE") {
    if (teams.length > 0) throw fieldInvalid("add_players", "empty for MAX_POSSIBLE", `${teams.length} teams`);
    return;
  }
  if (teams.length < 1 || teams.length > limits.MATCH_PLAYERS_MAX) {
    throw fieldInvalid("add_players", `1 to ${limits.MATCH_PLAYERS_MAX} teams`, teams.length);
  }
  for (const [team, players] of teams) {
    if (players < 1) throw fieldInvalid(`add_players.${team.slice(0, 64)}`, "a whole number from 1", players);
  }
}

export function readBattleSessionId({ battleSessionId }: { readonly battleSessionId: string }): ServerSessionId {
  return parseId("battle_session_id", battleSessionId);
}

export function readRequestId({ requestId }: { readonly requestId: string }): string | undefined {
  return requestId === "" ? undefined : parseId("request_id", requestId);
}
