// muster.matchmaking.v1.PartyService ↔ the matcher's own words.
import { fieldInvalid, limits, newId, type PartyId, parseId, parsePlayerId, writeEnum } from "@muster/proto";
import {
  type CreatePartyRequest,
  PartyChangeType,
  type Party as PartyMessage,
  PartyOfferKind,
  PartyState,
  type PartyTicket,
  type Player,
} from "@muster/proto/matchmaking";
import { PROPERTIES_MAX, PROPERTY_CHARS_MAX } from "../../core/configuration.ts";
import type { CreateParty, PartyAction, PartyCall } from "../../core/party/decide-party.ts";
import { PARTY_OFFER_SECONDS_DEFAULT, type Party } from "../../core/party/party.ts";
import type { PartyStart } from "../../core/party/start-for-party.ts";
import type { TicketPlayer } from "../../core/ticket.ts";
import { digestOf } from "../../digest.ts";
import type { Workshop } from "../../workshop.ts";
import { readRequestId } from "../backfill-request-wire.ts";
import { readPlayer, writePlayer } from "../wire.ts";

/** @throws {MusterError} ID_MALFORMED. */
export function readPartyId({ partyId }: { readonly partyId: string }): PartyId {
  return parseId("party_id", partyId);
}

/** @throws {MusterError} FIELD_INVALID, ID_MALFORMED. */
export function readPartyStart(message: PartyTicket | undefined): PartyStart | undefined {
  if (!message) return undefined;
  return {
    partyId: parseId("party.party_id", message.partyId),
    leaderId: parsePlayerId("party.leader_id", message.leaderId),
  };
}

/** @throws {MusterError} FIELD_INVALID, ID_MALFORMED. */
export function readCreateParty(message: CreatePartyRequest, { random }: Pick<Workshop, "random">): CreateParty {
  const { open: isOpen, properties, membersMax: most } = message;
  const partyId = message.partyId === "" ? newId("party", random) : readPartyId(message);
  if (most < 0 || most > limits.PLAYERS_PER_TICKET_MAX) {
    throw fieldInvalid("members_max", `a whole number from 1 to ${limits.PLAYERS_PER_TICKET_MAX}`, most);
  }
  const membersMax = most === 0 ? limits.PLAYERS_PER_TICKET_MAX : most;
  checkProperties(properties);
  const leader = readMember("leader", message.leader);
  const terms = { leader, membersMax, isOpen, properties };
  return { partyId, ...terms, bodyDigest: digestOf(terms) };
}

function checkProperties(properties: Readonly<Record<string, string>>): void {
  const entries = Object.entries(properties);
  if (entries.length > PROPERTIES_MAX) throw fieldInvalid("properties", `at most ${PROPERTIES_MAX}`, entries.length);
  for (const [key, value] of entries) {
    if (key.length < 1 || key.length > PROPERTY_CHARS_MAX) {
      throw fieldInvalid("properties", `keys of 1 to ${PROPERTY_CHARS_MAX} characters`, key);
    }
    if (value.length <= PROPERTY_CHARS_MAX) continue;
    throw fieldInvalid(`properties.${key.slice(0, 64)}`, `text of at most ${PROPERTY_CHARS_MAX} characters`, value);
  }
}

/** @throws {MusterError} FIELD_INVALID, ID_MALFORMED. */
export function readMember(field: string, message: Player | undefined): TicketPlayer {
  if (!message) throw fieldInvalid(field, "a player", "missing");
  const player = readPlayer(message, field);
  const { length } = JSON.stringify(player);
  if (length <= limits.PARTY_MEMBER_CHARS_MAX) return player;
  throw fieldInvalid(field, `at most ${limits.PARTY_MEMBER_CHARS_MAX} characters as JSON`, length);
}

/** The call for `action`, of which a copy with the same request id does nothing. @throws {MusterError} ID_MALFORMED. */
export function readPartyCall(
  message: { readonly partyId: string; readonly requestId: string },
  action: PartyAction,
): PartyCall {
  return {
    partyId: readPartyId(message),
    requestId: readRequestId(message),
    bodyDigest: digestOf(action),
    action,
  };
}

/** @throws {MusterError} FIELD_INVALID. */
export function readOfferTimeoutMs({ timeoutSeconds: seconds }: { readonly timeoutSeconds: number }): number {
  if (seconds >= 0 && seconds <= limits.PARTY_OFFER_SECONDS_MAX) {
    return 1_000 * (seconds === 0 ? PARTY_OFFER_SECONDS_DEFAULT : seconds);
  }
  throw fieldInvalid("timeout_seconds", `a whole number from 1 to ${limits.PARTY_OFFER_SECONDS_MAX}`, seconds);
}

export function readLeaderId({ leaderId }: { readonly leaderId: string }) {
  return parsePlayerId("leader_id", leaderId);
}

export function readPlayerId({ playerId }: { readonly playerId: string }) {
  return parsePlayerId("player_id", playerId);
}

export function writeParty(party: Party, ticketIds: Iterable<string>): PartyMessage {
  const { lastChange } = party;
  return {
    partyId: party.partyId,
    state: party.endedAtMs === undefined ? PartyState.ACTIVE : PartyState.ENDED,
    version: party.version,
    leaderId: party.leaderId ?? "",
    members: party.members.map(writePlayer),
    membersMax: party.membersMax,
    open: party.isOpen,
    properties: { ...party.properties },
    offers: party.offers.map(({ kind, player, expiresAtWallMs }) => ({
      playerId: player.playerId,
      kind: writeEnum(PartyOfferKind, kind),
      expiresAt: new Date(expiresAtWallMs),
    })),
    createdAt: new Date(party.createdAtWallMs),
    lastChange: {
      type: writeEnum(PartyChangeType, lastChange.type),
      playerId: lastChange.playerId ?? "",
      at: new Date(lastChange.atWallMs),
    },
    ticketIds: [...ticketIds],
  };
}
