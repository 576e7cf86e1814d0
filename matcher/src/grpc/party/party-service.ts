// PartyService: each handler reads, has the core decide, and shows the party as it stands then. They are few lines each, and of one kind.
import { fieldInvalid, readWord } from "@muster/proto";
import { PartyAnswer, PartyServiceDefinition } from "@muster/proto/matchmaking";
import { type Implementation, implement } from "@muster/proto/rpc";
import type { MatcherState } from "../../core/matcher-state.ts";
import { decideCreateParty, decideParty, type PartyAction } from "../../core/party/decide-party.ts";
import { getParty } from "../../core/party/get-party.ts";
import { decideAndShow } from "../../workshop.ts";
import type { Desk } from "../desk.ts";
import {
  readCreateParty,
  readLeaderId,
  readMember,
  readOfferTimeoutMs,
  readPartyCall,
  readPartyId,
  readPlayerId,
  writeParty,
} from "./party-wire.ts";
import { watchParties } from "./watch-parties.ts";

type Named = { readonly partyId: string; readonly requestId: string };
type ByLeader = { readonly leaderId: string; readonly playerId: string };

export function partyService(desk: Desk): Implementation {
  const show = (partyId: string) => (state: MatcherState) => {
    const party = getParty(state.parties, readPartyId({ partyId }));
    return writeParty(party, state.parties.tickets.get(party.partyId) ?? []);
  };
  const perform = async (message: Named, action: PartyAction) => {
    const call = readPartyCall(message, action);
    const decision = (state: MatcherState, nowMs: number) => decideParty(state, call, nowMs);
    return { party: await decideAndShow(desk, decision, show(call.partyId)) };
  };
  const speaking = (message: ByLeader) => ({ leaderId: readLeaderId(message), playerId: readPlayerId(message) });

  return implement(PartyServiceDefinition, {
    async createParty(message) {
      const request = readCreateParty(message, desk);
      const decision = (state: MatcherState) => decideCreateParty(state, request);
      return { party: await decideAndShow(desk, decision, show(request.partyId)) };
    },
    async describeParty({ partyId, playerId }) {
      if ((partyId === "") === (playerId === "")) throw fieldInvalid("party_id", "alone, or player_id", partyId);
      const player = partyId === "" ? readPlayerId({ playerId }) : undefined;
      const id = player === undefined ? readPartyId({ partyId }) : undefined;
      const party = await desk.ledger.read((state) => {
        const found = id ?? (player && state.parties.memberOf.get(player));
        return found === undefined ? undefined : show(found)(state);
      });
      return party ? { party } : {};
    },
    inviteToParty: (message) =>
      perform(message, { type: "invite", ...speaking(message), timeoutMs: readOfferTimeoutMs(message) }),
    joinParty: (message) => perform(message, { type: "join", player: readMember("player", message.player) }),
    askToJoinParty(message) {
      const player = readMember("player", message.player);
      return perform(message, { type: "ask", player, timeoutMs: readOfferTimeoutMs(message) });
    },
    answerPartyAsk(message) {
      const answer = readWord("answer", PartyAnswer, message.answer);
      return perform(message, { type: answer === "ACCEPT" ? "accept-ask" : "refuse-ask", ...speaking(message) });
    },
    leaveParty: (message) => perform(message, { type: "leave", playerId: readPlayerId(message) }),
    kickFromParty: (message) => perform(message, { type: "kick", ...speaking(message) }),
    promoteInParty: (message) => perform(message, { type: "promote", ...speaking(message) }),
    updatePartyMember: (message) =>
      perform(message, { type: "update-member", player: readMember("player", message.player) }),
    dissolveParty: (message) => perform(message, { type: "dissolve", leaderId: readLeaderId(message) }),
    watchParties: watchParties(desk),
  });
}
