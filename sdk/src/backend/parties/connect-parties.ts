// Parties over a connection to the matcher.
import { drawId, type Random } from "@muster/kit";
import { newId, type PartyId, parseId, parsePlayerId } from "@muster/proto";
import { PartyAnswer, type Party as PartyMessage, type PartyServiceDefinition } from "@muster/proto/matchmaking";
import type { CallOptions, Client } from "@muster/proto/rpc";
import type { CallWaiting } from "../matcher.ts";
import type { TicketPlayer } from "../ticket.ts";
import { writeNamedPlayer } from "../ticket-wire.ts";
import type { ByLeader, ByPlayer, Parties } from "./parties.ts";
import { type Party, readParty } from "./party.ts";
import { type WatchPartiesOptions, watchParties } from "./watch-parties.ts";

type Answer = { readonly party?: PartyMessage | undefined };

export type PartiesParts = Omit<WatchPartiesOptions, "signal"> & {
  readonly client: Client<typeof PartyServiceDefinition>;
  readonly random: Random;
  /** Calls until there is an answer, or the time is up. */
  readonly call: <Response>(waiting: CallWaiting, work: (how: CallOptions) => Promise<Response>) => Promise<Response>;
  readonly signalOf: (waiting: CallWaiting) => AbortSignal;
};

export function connectParties({ client, call, random, clock, signalOf }: PartiesParts): Parties {
  const show = async (
    waiting: CallWaiting | undefined,
    work: (how: CallOptions) => Promise<Answer>,
  ): Promise<Party> => {
    return readParty((await call(waiting ?? {}, work)).party);
  };
  /** Drawn once a call: a repeat of it is then known as one. */
  const of = ({ partyId }: { readonly partyId: string }) => {
    return { partyId: parseId<PartyId>("partyId", partyId), requestId: drawId("req", random) };
  };
  const byLeader = (named: ByLeader) => ({ ...byPlayer(named), leaderId: parsePlayerId("leaderId", named.leaderId) });
  const byPlayer = (named: ByPlayer) => ({ ...of(named), playerId: parsePlayerId("playerId", named.playerId) });
  const bringing = (named: { readonly partyId: string; readonly player: TicketPlayer }) => {
    return { ...of(named), player: writeNamedPlayer("player", named.player) };
  };
  const answer = (ask: ByLeader, word: PartyAnswer, waiting: CallWaiting | undefined) => {
    const request = { ...byLeader(ask), answer: word };
    return show(waiting, (how) => client.answerPartyAsk(request, how));
  };

  return {
    async create({ partyId = newId("party", random), leader, membersMax = 0, open = false, properties }, waiting) {
      const request = {
        partyId: parseId<PartyId>("partyId", partyId),
        leader: writeNamedPlayer("leader", leader),
        ...{ membersMax, open, properties: { ...properties } },
      };
      return await show(waiting, (how) => client.createParty(request, how));
    },
    async describe(partyId, waiting) {
      const request = { partyId: parseId<PartyId>("partyId", partyId), playerId: "" };
      return await show(waiting, (how) => client.describeParty(request, how));
    },
    async findByPlayer(playerId, waiting = {}) {
      const request = { partyId: "", playerId: parsePlayerId("playerId", playerId) };
      const { party } = await call(waiting, (how) => client.describeParty(request, how));
      return party && readParty(party);
    },
    async invite({ timeoutSeconds = 0, ...invitation }, waiting) {
      const request = { ...byLeader(invitation), timeoutSeconds };
      return await show(waiting, (how) => client.inviteToParty(request, how));
    },
    async join(join, waiting) {
      const request = bringing(join);
      return await show(waiting, (how) => client.joinParty(request, how));
    },
    async askToJoin({ timeoutSeconds = 0, ...ask }, waiting) {
      const request = { ...bringing(ask), timeoutSeconds };
      return await show(waiting, (how) => client.askToJoinParty(request, how));
    },
    acceptAsk: async (ask, waiting) => await answer(ask, PartyAnswer.ACCEPT, waiting),
    refuseAsk: async (ask, waiting) => await answer(ask, PartyAnswer.REFUSE, waiting),
    async leave(leaver, waiting) {
      const request = byPlayer(leaver);
      return await show(waiting, (how) => client.leaveParty(request, how));
    },
    async kick(kicked, waiting) {
      const request = byLeader(kicked);
      return await show(waiting, (how) => client.kickFromParty(request, how));
    },
    async promote(promoted, waiting) {
      const request = byLeader(promoted);
      return await show(waiting, (how) => client.promoteInParty(request, how));
    },
    async updateMember(member, waiting) {
      const request = bringing(member);
      return await show(waiting, (how) => client.updatePartyMember(request, how));
    },
    async dissolve(dissolved, waiting) {
      const request = { ...of(dissolved), leaderId: parsePlayerId("leaderId", dissolved.leaderId) };
      return await show(waiting, (how) => client.dissolveParty(request, how));
    },
    watch: (watch = {}, waiting = {}) => watchParties(watch, { client, clock, random, signal: signalOf(waiting) }),
  };
}
