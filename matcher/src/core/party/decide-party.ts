// Whether a party changes as somebody asks for it, and what follows for its tickets. What holds already is no fact.
import { unreachable } from "@muster/kit";
import { fieldInvalid, limits, MusterError, type PartyId, type PlayerId } from "@muster/proto";
import type { MatcherFact } from "../fact.ts";
import type { MatcherState } from "../matcher-state.ts";
import type { TicketPlayer } from "../ticket.ts";
import { cancelPartyTickets } from "./cancel-party-tickets.ts";
import { checkLeads, checkLives, getParty } from "./get-party.ts";
import { findOffer, isMember, type Party } from "./party.ts";
import { changesMembers, type PartyChange } from "./party-change.ts";

export type CreateParty = {
  readonly partyId: PartyId;
  readonly leader: TicketPlayer;
  readonly membersMax: number;
  readonly isOpen: boolean;
  readonly properties: Readonly<Record<string, string>>;
  readonly bodyDigest: string;
};

/** What is asked of a party that is there. `leaderId` and `playerId` say who. */
export type PartyAction =
  | { readonly type: "invite"; readonly leaderId: PlayerId; readonly playerId: PlayerId; readonly timeoutMs: number }
  | { readonly type: "join"; readonly player: TicketPlayer }
  | { readonly type: "ask"; readonly player: TicketPlayer; readonly timeoutMs: number }
  | { readonly type: "accept-ask" | "refuse-ask"; readonly leaderId: PlayerId; readonly playerId: PlayerId }
  | { readonly type: "leave"; readonly playerId: PlayerId }
  | { readonly type: "kick" | "promote"; readonly leaderId: PlayerId; readonly playerId: PlayerId }
  | { readonly type: "update-member"; readonly player: TicketPlayer }
  | { readonly type: "dissolve"; readonly leaderId: PlayerId };

export type PartyCall = {
  readonly partyId: PartyId;
  /** Undefined: a copy of the call is another call. */
  readonly requestId: string | undefined;
  readonly bodyDigest: string;
  readonly action: PartyAction;
};

/** @throws {MusterError} ID_REUSED, PLAYER_IN_PARTY, PARTIES_FULL. */
export function decideCreateParty(
  { parties }: MatcherState,
  { partyId, leader, bodyDigest, ...terms }: CreateParty,
  partiesMax: number = limits.PARTIES_MAX,
): readonly MatcherFact[] {
  const known = parties.byId.get(partyId);
  if (known) {
    if (known.bodyDigest === bodyDigest) return [];
    throw idReused(`Cannot make party ${partyId}`, { partyId });
  }
  checkFree(parties.memberOf.get(leader.playerId), leader.playerId);
  if (parties.live >= partiesMax) {
    const why = `Cannot make another party as there are at most ${partiesMax}: there are ${parties.live}`;
    throw new MusterError("PARTIES_FULL", why, { metadata: { limit: String(partiesMax) } });
  }
  const change = { type: "created", leader, ...terms } as const;
  return [{ type: "party-changed", partyId, change, requestId: undefined, bodyDigest }];
}

/** @throws {MusterError} as PartyService says of each call. */
export function decideParty(
  state: MatcherState,
  { partyId, requestId, bodyDigest, action }: PartyCall,
  nowMs: number,
): readonly MatcherFact[] {
  const party = getParty(state.parties, partyId);
  const before = requestId === undefined ? undefined : party.requests.get(requestId);
  if (before !== undefined) {
    if (before === bodyDigest) return [];
    throw idReused(`Cannot change party ${partyId} under request ${requestId}`, { partyId });
  }
  if (party.endedAtMs !== undefined && isOver(action)) return [];
  checkLives(party);
  const change = changeFor(state, party, { action, nowMs });
  if (!change) return [];
  const changed = { type: "party-changed", partyId, change, requestId, bodyDigest } as const;
  return [changed, ...(changesMembers(change) ? cancelPartyTickets(state, partyId, nowMs) : [])];
}

/** The facts of invitations and asks whose time has passed. */
export function decideOffersDue({ parties }: MatcherState, nowMs: number, limit: number): readonly MatcherFact[] {
  return parties.deadlines.findDue(nowMs, limit).flatMap((partyId) => {
    const due = parties.byId.get(partyId)?.offers.filter(({ expiresAtMs }) => expiresAtMs <= nowMs) ?? [];
    const playerIds = due.map(({ player }) => player.playerId);
    const change = { type: "offers-ended", playerIds, end: "EXPIRED" } as const;
    return { type: "party-changed", partyId, change, requestId: undefined, bodyDigest: "" } as const;
  });
}

/** Whether it holds of a party that has ended. */
function isOver({ type }: PartyAction): boolean {
  return type === "leave" || type === "kick" || type === "refuse-ask" || type === "dissolve";
}

type Asked = { readonly action: PartyAction; readonly nowMs: number };

/** Undefined: it is so already. */
function changeFor(state: MatcherState, party: Party, { action, nowMs }: Asked): PartyChange | undefined {
  switch (action.type) {
    case "invite":
      return inviteTo(state, party, { action, nowMs });
    case "join":
      if (isMember(party, action.player.playerId)) return undefined;
      return comeIn(state, party, { player: action.player, nowMs });
    case "ask":
      return askOf(state, party, { action, nowMs });
    case "accept-ask":
    case "refuse-ask":
      return answerAsk(state, party, { action, nowMs });
    case "leave":
      return leave(party, action.playerId);
    case "kick":
      return kick(party, action);
    case "promote": {
      if (party.leaderId === action.playerId) return undefined;
      checkLeads(party, action.leaderId);
      checkMember(party, action.playerId);
      return { type: "promoted", playerId: action.playerId };
    }
    case "update-member": {
      checkMember(party, action.player.playerId);
      const others = party.members.filter((member) => member.playerId !== action.player.playerId);
      checkSize({ ...party, members: others }, action.player);
      return { type: "member-updated", player: action.player };
    }
    case "dissolve":
      checkLeads(party, action.leaderId);
      return { type: "dissolved", playerId: undefined };
    default:
      return unreachable(action);
  }
}

type ActionOf<Type extends PartyAction["type"]> = {
  readonly action: Extract<PartyAction, { type: Type }>;
  readonly nowMs: number;
};

function inviteTo(state: MatcherState, party: Party, { action, nowMs }: ActionOf<"invite">): PartyChange | undefined {
  const { leaderId, playerId, timeoutMs } = action;
  checkLeads(party, leaderId);
  if (isMember(party, playerId)) return undefined;
  const offer = findOffer(party, playerId, nowMs);
  if (offer?.kind === "ASKED") return letIn(state, party, offer.player);
  if (offer) return undefined;
  checkRoom(party);
  checkOffers(state, party, playerId);
  return { type: "invited", playerId, expiresAtMs: Math.ceil(nowMs + timeoutMs) };
}

function askOf(state: MatcherState, party: Party, { action, nowMs }: ActionOf<"ask">): PartyChange | undefined {
  const { player, timeoutMs } = action;
  const { playerId } = player;
  if (isMember(party, playerId)) return undefined;
  const offer = findOffer(party, playerId, nowMs);
  if (party.isOpen || offer?.kind === "INVITED") return letIn(state, party, player);
  if (offer) return undefined;
  checkFree(state.parties.memberOf.get(playerId), playerId);
  checkRoom(party);
  checkOffers(state, party, playerId);
  checkSize(party, player);
  return { type: "asked", player, expiresAtMs: Math.ceil(nowMs + timeoutMs) };
}

/** Into an open party, or by an invitation. */
function comeIn(
  state: MatcherState,
  party: Party,
  { player, nowMs }: { readonly player: TicketPlayer; readonly nowMs: number },
): PartyChange {
  const { partyId } = party;
  if (party.isOpen || findOffer(party, player.playerId, nowMs)?.kind === "INVITED") return letIn(state, party, player);
  const why = `Cannot join party ${partyId} as it must be open, or have invited: ${player.playerId} has no invitation`;
  throw new MusterError("PARTY_CLOSED", why, { metadata: { partyId } });
}

function answerAsk(
  state: MatcherState,
  party: Party,
  { action, nowMs }: ActionOf<"accept-ask" | "refuse-ask">,
): PartyChange | undefined {
  const { type, leaderId, playerId } = action;
  checkLeads(party, leaderId);
  const offer = findOffer(party, playerId, nowMs);
  if (offer?.kind === "ASKED") {
    if (type === "accept-ask") return letIn(state, party, offer.player);
    return { type: "offers-ended", playerIds: [playerId], end: "REFUSED" };
  }
  if (type === "refuse-ask" || isMember(party, playerId)) return undefined;
  const { partyId } = party;
  const why = `Cannot let ${playerId} into party ${partyId} as the player must have asked: no ask is open`;
  throw new MusterError("PARTY_ASK_NOT_FOUND", why, { metadata: { playerId, partyId } });
}

function letIn(state: MatcherState, party: Party, player: TicketPlayer): PartyChange {
  checkFree(state.parties.memberOf.get(player.playerId), player.playerId);
  checkRoom(party);
  const offers = party.offers.filter((offer) => offer.player.playerId !== player.playerId);
  checkSize({ ...party, offers }, player);
  return { type: "joined", player };
}

function leave(party: Party, playerId: PlayerId): PartyChange | undefined {
  if (isMember(party, playerId)) return leaving(party, { playerId, isKicked: false });
  if (!party.offers.some((offer) => offer.player.playerId === playerId)) return undefined;
  return { type: "offers-ended", playerIds: [playerId], end: "DECLINED" };
}

function kick(
  party: Party,
  { leaderId, playerId }: { readonly leaderId: PlayerId; readonly playerId: PlayerId },
): PartyChange | undefined {
  checkLeads(party, leaderId);
  if (playerId === leaderId) throw fieldInvalid("player_id", "another than the leader, who leaves", playerId);
  if (isMember(party, playerId)) return leaving(party, { playerId, isKicked: true });
  if (!party.offers.some((offer) => offer.player.playerId === playerId)) return undefined;
  return { type: "offers-ended", playerIds: [playerId], end: "REFUSED" };
}

/** After the leader the longest member leads; after the last member there is no party. */
function leaving(
  party: Party,
  { playerId, isKicked }: { readonly playerId: PlayerId; readonly isKicked: boolean },
): PartyChange {
  const [next] = party.members.filter((member) => member.playerId !== playerId);
  if (!next) return { type: "dissolved", playerId };
  const leaderId = party.leaderId === playerId ? next.playerId : undefined;
  return { type: "left", playerId, isKicked, leaderId };
}

function checkMember(party: Party, playerId: PlayerId): void {
  if (isMember(party, playerId)) return;
  const { partyId } = party;
  const why = `Cannot speak of ${playerId} in party ${partyId} as only members can be: it has none of the id`;
  throw new MusterError("PLAYER_NOT_IN_PARTY", why, { metadata: { playerId, partyId } });
}

function checkFree(partyId: PartyId | undefined, playerId: PlayerId): void {
  if (partyId === undefined) return;
  const why = `Cannot take ${playerId} into a party as a player is in one: ${partyId} has the player`;
  throw new MusterError("PLAYER_IN_PARTY", why, { metadata: { playerId, partyId } });
}

function checkRoom({ partyId, members, membersMax }: Party): void {
  if (members.length < membersMax) return;
  const why = `Cannot bring anybody into party ${partyId} as it takes ${membersMax} members: it has ${members.length}`;
  throw new MusterError("PARTY_FULL", why, { metadata: { partyId, limit: String(membersMax) } });
}

function checkOffers({ parties }: MatcherState, { partyId, offers }: Party, playerId: PlayerId): void {
  const most = limits.PARTY_OFFERS_MAX;
  const ofPlayer = parties.offersOf.get(playerId)?.size ?? 0;
  if (offers.length < most && ofPlayer < most) return;
  const who = offers.length < most ? `player ${playerId}` : `party ${partyId}`;
  const why = `Cannot invite or ask as ${who} has at most ${most} open invitations and asks: it has ${most}`;
  throw new MusterError("PARTY_OFFERS_FULL", why, { metadata: { limit: String(most) } });
}

/** What everybody brings has to fit a ticket and a message. */
function checkSize({ members, offers }: Party, newcomer: TicketPlayer): void {
  const { length } = JSON.stringify([members, offers.map(({ player }) => player), newcomer]);
  if (length <= limits.TICKET_CHARS_MAX) return;
  throw fieldInvalid("player", `at most ${limits.TICKET_CHARS_MAX} characters as JSON with the whole party`, length);
}

function idReused(what: string, metadata: { readonly partyId: PartyId }): MusterError {
  return new MusterError("ID_REUSED", `${what} as the id came before with another body`, { metadata });
}
