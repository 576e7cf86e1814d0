// Faults of parties, and of tickets that wait for their own players.
import type { PlantedFault } from "./planted-fault.ts";

export const partyFaults: readonly PlantedFault[] = [
  {
    name: "a party's tickets stay when its members change",
    patches: [
      {
        file: "matcher/src/core/party/decide-party.ts",
        find: "changesMembers(change) ? cancelPartyTickets(state, partyId, nowMs) : []",
        replace: "[] as readonly MatcherFact[]",
      },
    ],
  },
  {
    name: "a party's ticket that comes back from a match searches on, whoever is in the party",
    patches: [
      {
        file: "matcher/src/core/party/party-book.ts",
        find: "return partyId !== undefined && book.tickets.get(partyId)?.has(ticketId) !== true;",
        replace: "return partyId === ticketId && book.tickets.size < 0;",
      },
    ],
  },
  {
    name: "a player joins a second party",
    patches: [
      {
        file: "matcher/src/core/party/decide-party.ts",
        find: "  checkFree(state.parties.memberOf.get(player.playerId), player.playerId);\n  checkRoom(party);",
        replace: "  checkRoom(party);",
      },
      {
        file: "matcher/src/core/party/decide-party.ts",
        find: "  checkFree(parties.memberOf.get(leader.playerId), leader.playerId);",
        replace: "",
      },
    ],
  },
  {
    name: "nobody leads after a leader who left",
    patches: [
      {
        file: "matcher/src/core/party/decide-party.ts",
        find: "const leaderId = party.leaderId === playerId ? next.playerId : undefined;",
        replace: "const leaderId = undefined;",
      },
    ],
  },
  {
    name: "a ticket searches when all but one have joined",
    patches: [
      {
        file: "matcher/src/core/folds/tickets.ts",
        find: "const isComplete = preparation.joined.length === players.length;",
        replace: "const isComplete = preparation.joined.length >= players.length - 1;",
      },
    ],
  },
];
