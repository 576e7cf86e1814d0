// Whether a request to be matched becomes a ticket.
import { fieldInvalid, limits, MusterError, type PlayerId, type TicketId } from "@muster/proto";
import { checkTicketAttributes, hasTeam, type JudgedPlayer } from "@muster/rules";
import { choicesOf } from "./cohorts.ts";
import type { Configuration } from "./configuration.ts";
import { decideDuplicates, type FindSeat, noteRejoined, noteSuperseded } from "./duplicate-players.ts";
import type { MatcherFact } from "./fact.ts";
import type { MatcherState } from "./matcher-state.ts";
import { deadlineAfter } from "./never.ts";
import { type PartyStart, playersForParty } from "./party/start-for-party.ts";
import { askedPlayer } from "./preparation.ts";
import {
  type AskedQuery,
  checkBringNothing,
  checkTicketQuery,
  type TicketQuery,
  withProperties,
} from "./query/ticket-query.ts";
import { checkTicketsPerPlayer } from "./query/tickets-per-player.ts";
import { decideRejoin } from "./rejoin.ts";
import type { TicketPlayer } from "./ticket.ts";

export type StartMatching = {
  readonly ticketId: TicketId;
  readonly configuration: string;
  readonly players: readonly TicketPlayer[];
  /** Who has to join before the search begins. Absent: nobody. */
  readonly preparation?: { readonly asked: readonly PlayerId[]; readonly timeoutMs: number } | undefined;
  /** How long it may be without a watch of its owner, in ms; 0: it needs none. Absent: as the configuration says. */
  readonly presenceGraceMs?: number | undefined;
  /** The party that starts it. Absent: none. */
  readonly party?: PartyStart | undefined;
  /** Whom it seeks. Absent: it says nothing of that. */
  readonly query?: AskedQuery | undefined;
  /** Of the request: a repeat has the same. */
  readonly bodyDigest: string;
};

/**
 * The facts that make the ticket, after those that cancel whom it supersedes; none if a ticket of the same id and body is there already.
 *
 * @throws {MusterError} ID_REUSED, CONFIGURATION_NOT_FOUND, FIELD_INVALID, ATTRIBUTE_INVALID, PLAYER_ALREADY_QUEUED,
 *   PLAYER_ALREADY_SEATED, POOL_FULL; by queries QUERY_INVALID, TICKETS_PER_PLAYER_EXCEEDED; for a party as `playersForParty()`.
 */
export function decideStartMatching(
  state: MatcherState,
  asIs: StartMatching,
  nowMs: number,
  poolTicketsMax: number = limits.POOL_TICKETS_MAX,
  { findSeat = () => undefined, notesDuplicates = false }: DuplicateParts = {},
): readonly MatcherFact[] {
  const known = state.tickets.get(asIs.ticketId);
  if (known) {
    if (known.ticket.bodyDigest === asIs.bodyDigest) return [];
    const why = `Cannot make ticket ${asIs.ticketId} as its id came before with another body`;
    throw new MusterError("ID_REUSED", why, { metadata: { ticketId: asIs.ticketId } });
  }
  const request = asIs.party ? { ...asIs, players: playersOfParty(state, asIs, asIs.party) } : asIs;
  const configuration = getConfiguration(state, request.configuration);
  const playerIds = [...request.players.map(({ playerId }) => playerId), ...(request.preparation?.asked ?? [])];
  const query = checkTicketQuery(configuration, { asked: request.query, playerIds });
  if (query) checkBringNothing(asIs.players);
  const present = checkPlayers(state, configuration, request.players, query);
  checkTicketsPerPlayer(state, configuration, { playerIds, partyId: request.party?.partyId });
  const superseded = decideDuplicates(
    state,
    configuration,
    { playerIds, asksPlayers: request.preparation !== undefined },
    findSeat,
  );
  const live = state.pools.get(configuration.name)?.live ?? 0;
  // Those that it supersedes may be of other pools: one more for a moment does no harm.
  if (live >= poolTicketsMax + superseded.length) {
    throw new MusterError(
      "POOL_FULL",
      `Cannot take another ticket as ${configuration.name} holds at most ${poolTicketsMax}: it has ${live}`,
      { metadata: { limit: String(poolTicketsMax) } },
    );
  }
  // Whole: the journal keeps it as a whole number, and a replay must see what was decided.
  const { ticketId, bodyDigest, preparation } = request;
  const timesOutAtMs = deadlineAfter(nowMs, preparation?.timeoutMs ?? configuration.requestTimeoutMs);
  const players = preparation ? [...present, ...preparation.asked.map(askedPlayer)] : present;
  const joined = preparation && present.length;
  const created = { type: "ticket-created", ticketId, configuration: configuration.name, players, bodyDigest } as const;
  const partyId = request.party?.partyId;
  const presenceGraceMs = (request.presenceGraceMs ?? configuration.presenceGraceMs) || undefined;
  const more = {
    ...(joined === undefined ? {} : { joined }),
    ...(partyId === undefined ? {} : { partyId }),
    ...(presenceGraceMs === undefined ? {} : { presenceGraceMs }),
    ...(query && { query }),
  };
  const leadsBack = configuration.duplicatePlayers?.onSeated === "REJOIN" && !preparation;
  const rejoined = leadsBack ? decideRejoin(state, { ticketId, playerIds }, findSeat) : undefined;
  const noted = notesDuplicates
    ? [
        ...noteSuperseded(state, request, { superseded, playerIds }),
        ...noteRejoined(request, { rejoined, playerIds, findSeat }),
      ]
    : [];
  return [...superseded, { ...created, timesOutAtMs, ...more }, ...(rejoined ? [rejoined] : []), ...noted];
}

export type DuplicateParts = {
  readonly findSeat?: FindSeat;
  /** Somebody wants to be told whose place the ticket takes. */
  readonly notesDuplicates?: boolean;
};

function playersOfParty(state: MatcherState, { players, preparation }: StartMatching, party: PartyStart) {
  return playersForParty(state, party, { players, asked: preparation?.asked ?? [] });
}

/** @throws {MusterError} CONFIGURATION_NOT_FOUND. */
export function getConfiguration(state: MatcherState, name: string): Configuration {
  const configuration = state.configurations.get(name);
  if (configuration) return configuration;
  throw configurationNotFound(name);
}

export function configurationNotFound(name: string): MusterError {
  const why = `Cannot find configuration ${JSON.stringify(name.slice(0, 64))} as none has the name`;
  return new MusterError("CONFIGURATION_NOT_FOUND", why, { metadata: { configuration: name.slice(0, 128) } });
}

/**
 * What `players` bring, defaults filled in; where the ticket has a query, its properties.
 *
 * @throws {MusterError} FIELD_INVALID, ATTRIBUTE_INVALID; CONFIGURATION_NOT_FOUND without its rule set.
 */
export function checkPlayers(
  state: MatcherState,
  configuration: Configuration,
  players: readonly TicketPlayer[],
  query?: TicketQuery,
): readonly TicketPlayer[] {
  if (query) return withProperties(players, query);
  const ruleSets = choicesOf(configuration).map(({ ruleSet }) => {
    const held = state.ruleSets.get(ruleSet);
    if (held) return held.ruleSet;
    const why = `Cannot match by ${configuration.name} as its rule set ${ruleSet} is not there`;
    throw new MusterError("CONFIGURATION_NOT_FOUND", why);
  });
  for (const [index, { team }] of players.entries()) {
    if (team === undefined || ruleSets.some((ruleSet) => hasTeam(ruleSet, team))) continue;
    throw fieldInvalid(`players[${index}].team`, "a team of the rule set", team);
  }
  // Each fills in its defaults where those before it have none.
  let checked: readonly JudgedPlayer[] = players;
  for (const ruleSet of ruleSets) checked = checkTicketAttributes(ruleSet, checked);
  return players.map((player, index) => {
    const attributes = checked[index]?.attributes ?? player.attributes;
    return attributes === player.attributes ? player : { ...player, attributes };
  });
}
