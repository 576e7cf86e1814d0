import { createSeededRandom } from "@muster/kit";
import type { PlayerId, TicketId } from "@muster/proto";
import { expect, test } from "vitest";
import { createBox } from "../random-history.fixture.ts";
import { decideRedeem } from "./decide-redeem.ts";
import { grantJoin, stateOfKey } from "./join-book.ts";

/** Two players who were matched at 1,000 ms for 20 s; and what the first one's token says. */
function createMatch() {
  const box = createBox(createSeededRandom(1), { endedMs: 60_000 });
  box.steps.wait(1_000);
  box.steps.queue(1, 36);
  box.steps.queue(1, 37);
  box.steps.round();
  const [ticket] = [...box.state.tickets.values()].map((entry) => entry.ticket);
  if (ticket?.state.phase !== "COMPLETED" || !ticket.state.matchId) throw new Error("no match");
  const { matchId } = ticket.state;
  const claims = { matchId, ticketId: ticket.ticketId, playerId: "p36" as PlayerId, expiresAtWallMs: 21_000 };
  return { box, claims };
}

const { box, claims } = createMatch();
const rows = [
  { name: "in time", now: { nowMs: 20_999, wallMs: 20_999 } },
  {
    name: "whose wall clock says that it is over",
    now: { nowMs: 5_000, wallMs: 21_000 },
    reason: "JOIN_TOKEN_EXPIRED",
  },
  { name: "when the wall clock went back", now: { nowMs: 21_000, wallMs: 5_000 }, reason: "JOIN_TOKEN_EXPIRED" },
  { name: "of a ticket that nobody knows", claims: { ticketId: "t9" as TicketId }, reason: "JOIN_TOKEN_EXPIRED" },
  { name: "of a player of another ticket", claims: { playerId: "p37" as PlayerId }, reason: "JOIN_TOKEN_EXPIRED" },
];
for (const { name, now = { nowMs: 2_000, wallMs: 2_000 }, reason, ...row } of rows) {
  test(`a token ${name} ${reason === undefined ? "counts" : `is ${reason}`}`, () => {
    const request = { claims: { ...claims, ...row.claims }, matchId: undefined, requestId: "" };
    const redeem = () => decideRedeem(box.state, request, now);
    if (reason === undefined) expect(redeem().facts).toHaveLength(1);
    else expect(redeem).toThrow(expect.objectContaining({ reason }));
  });
}

test("a key is kept as long as a ticket is remembered that it signed for, and no longer", () => {
  const { state, steps } = createMatch().box;
  const ids = () => [...state.joins.keys.keys()];
  steps.joins(0);
  const [old = "", next = ""] = ids();
  steps.wait(100_000); // The new one signs, the old one's tokens are over, and the tickets are remembered.
  steps.queue(1, 38);
  steps.queue(1, 39);
  steps.round();
  expect(ids()).toEqual([old, next]);
  steps.wait(20_000);
  expect([state.tickets.size, ids()]).toEqual([2, [next]]);
  const [key] = state.joins.keys.values();
  expect(key && stateOfKey(state.joins, key, 1e9)).toBe("SIGNING");
  expect(grantJoin(state.joins, undefined, { atMs: 1, atWallMs: 1 })).toBeUndefined();
});
