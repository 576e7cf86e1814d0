// Changes of parties, folded. The party's tickets that are cancelled with it have facts of their own.
import { tellParty } from "../events/notices.ts";
import type { MatcherState } from "../matcher-state.ts";
import { putParty } from "../party/party-book.ts";
import { changedParty, changesMembers } from "../party/party-change.ts";
import type { Fact, Times } from "./fact-of.ts";

export function changeParty(state: MatcherState, fact: Fact<"party-changed">, at: Times): MatcherState {
  const { parties } = state;
  parties.changes += 1;
  const party = changedParty(parties.byId.get(fact.partyId), fact, { ...at, number: parties.changes });
  putParty(parties, party);
  tellParty(state, party, at);
  // Its tickets are of the party as it was: whichever comes back to the search is cancelled.
  if (changesMembers(fact.change)) parties.tickets.delete(fact.partyId);
  if (party.endedAtMs !== undefined) state.ended.push({ type: "party", partyId: fact.partyId, atMs: at.atMs });
  return state;
}
