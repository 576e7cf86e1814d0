// The matcher's parties as a game backend holds them.

import type { CallWaiting } from "../matcher.ts";
import type { TicketPlayer } from "../ticket.ts";
import type { CreateParty, Party } from "./party.ts";
import type { WatchParties } from "./watch-parties.ts";

/** What the leader of a party does with somebody. */
export type ByLeader = { readonly partyId: string; readonly leaderId: string; readonly playerId: string };
export type ByPlayer = { readonly partyId: string; readonly playerId: string };

/**
 * Parties of players, one a player. Every call resolves with the party as it stands then, once it is safe on disk; what holds already is
 * OK again, and a copy of a call that comes late changes nothing. All throw {MusterError} FIELD_INVALID, ID_MALFORMED, PARTY_NOT_FOUND and
 * PARTY_ENDED, and those for the leader PARTY_LEADER_ONLY.
 *
 * @example
 * const { partyId } = await matcher.parties.create({ leader: { playerId: "ada", attributes: { skill: 1500 } }, membersMax: 4 });
 * await matcher.parties.invite({ partyId, leaderId: "ada", playerId: "bo" });
 * await matcher.parties.join({ partyId, player: { playerId: "bo", attributes: { skill: 1320 } } });
 * await matcher.match({ configuration: "arena", players: [], party: { partyId, leaderId: "ada" } });
 */
export interface Parties {
  /** @throws {MusterError} ID_REUSED, PLAYER_IN_PARTY, PARTIES_FULL. */
  create(party: CreateParty, options?: CallWaiting): Promise<Party>;
  describe(partyId: string, options?: CallWaiting): Promise<Party>;
  /** The party that the player is a member of; undefined: none. */
  findByPlayer(playerId: string, options?: CallWaiting): Promise<Party | undefined>;
  /**
   * For the leader: the player may join, for 300 s by default, a day at most. Who had asked is in at once.
   *
   * @throws {MusterError} PARTY_FULL, PARTY_OFFERS_FULL, PLAYER_IN_PARTY.
   */
  invite(invitation: ByLeader & { readonly timeoutSeconds?: number }, options?: CallWaiting): Promise<Party>;
  /** Into a party that is open, or whose invitation the player has. @throws {MusterError} PARTY_CLOSED, PARTY_FULL, PLAYER_IN_PARTY. */
  join(join: { readonly partyId: string; readonly player: TicketPlayer }, options?: CallWaiting): Promise<Party>;
  /**
   * Asks the leader to be let in, for 300 s by default. Who may join is in at once: look at `members`.
   *
   * @throws {MusterError} PARTY_FULL, PARTY_OFFERS_FULL, PLAYER_IN_PARTY.
   */
  askToJoin(
    ask: { readonly partyId: string; readonly player: TicketPlayer; readonly timeoutSeconds?: number },
    options?: CallWaiting,
  ): Promise<Party>;
  /** For the leader: lets somebody in who has asked. @throws {MusterError} PARTY_ASK_NOT_FOUND, PARTY_FULL, PLAYER_IN_PARTY. */
  acceptAsk(ask: ByLeader, options?: CallWaiting): Promise<Party>;
  /** For the leader. */
  refuseAsk(ask: ByLeader, options?: CallWaiting): Promise<Party>;
  /** A member leaves; who is invited declines; who has asked asks no more. After the leader the longest member leads. */
  leave(leaver: ByPlayer, options?: CallWaiting): Promise<Party>;
  /** For the leader: removes a member, takes an invitation back, or refuses who has asked. */
  kick(kicked: ByLeader, options?: CallWaiting): Promise<Party>;
  /** For the leader: the member leads from now on. @throws {MusterError} PLAYER_NOT_IN_PARTY. */
  promote(promoted: ByLeader, options?: CallWaiting): Promise<Party>;
  /** What a member brings to tickets from now on, all of it. @throws {MusterError} PLAYER_NOT_IN_PARTY. */
  updateMember(
    member: { readonly partyId: string; readonly player: TicketPlayer },
    options?: CallWaiting,
  ): Promise<Party>;
  /** For the leader. */
  dissolve(dissolved: { readonly partyId: string; readonly leaderId: string }, options?: CallWaiting): Promise<Party>;
  /**
   * One party, or all that concern a player, or every party, as they change, over any number of breaks. Versions may be passed over; the
   * last one is not. Ends only with its loop, or an error.
   *
   * @throws {MusterError} CURSOR_EXPIRED for a resume token that is too old; CALL_CANCELLED when `signal` aborts.
   */
  watch(watch?: WatchParties, options?: CallWaiting): AsyncIterable<Party>;
}
