import type { MatchId, PlayerId, TicketId } from "@muster/proto";
import { describe, expect, test } from "vitest";
import { acceptedTickets, isToldToAll, PROGRESS_STEPS_MAX, type ProposalView, withAccepted } from "./proposal.ts";

/** Players p0, p1 and so on, `size` of them to a ticket. */
function viewOf(count: number, size = 1): ProposalView {
  const players = Array.from({ length: count }, (_, index) => ({
    ...{ ticketId: `t${Math.floor(index / size)}` as TicketId, playerId: `p${index}` as PlayerId, team: "red" },
  }));
  return { terms: { matchId: "match_1" as MatchId, expiresAtWallMs: 0, players }, accepted: [] };
}
const ids = (...names: readonly string[]) => names as PlayerId[];

test("withAccepted() adds whoever had not accepted, in the order of their answers", () => {
  const first = withAccepted(viewOf(4), ids("p2"));
  const both = withAccepted(first, ids("p0", "p2"));
  expect([first.accepted, both.accepted]).toEqual([[2], [2, 0]]);
  expect(withAccepted(both, ids("p0"))).toBe(both);
});

test("acceptedTickets() counts tickets whose players have all accepted", () => {
  expect([...acceptedTickets(withAccepted(viewOf(4, 2), ids("p0", "p1", "p2")))]).toEqual(["t0"]);
});

describe("of the answers of others a ticket hears", () => {
  const rows = [
    { players: 2, told: 2 },
    { players: PROGRESS_STEPS_MAX, told: PROGRESS_STEPS_MAX },
    { players: PROGRESS_STEPS_MAX + 1, told: 20 },
    { players: 200, told: 40 },
    { players: 10_000, told: 40 },
  ];
  for (const { players, told } of rows) {
    test(`${told} times in a match of ${players}`, () => {
      let view = viewOf(players);
      let count = 0;
      for (let index = 0; index < players; index += 1) {
        const next = { ...view, accepted: [...view.accepted, index] };
        if (isToldToAll(view, next)) count += 1;
        view = next;
      }
      expect(count).toBe(told);
    });
  }
});
