import { TicketState } from "@muster/proto/matchmaking";
import { expect, test } from "vitest";
import { parseTicketState, ticketStates } from "../arguments/ticket-state.ts";
import { describeAttempt, describeStep } from "./ticket-list.ts";

const step = { type: "STATE_CHANGED", version: 1, afterMs: 0, playersAccepted: 0, sequence: 1 } as const;
const none = { cause: undefined, matchId: undefined, battleSessionId: undefined, seatedBy: undefined } as const;

const rows = [
  { name: "nothing of a ticket that begins", step: { state: "SEARCHING" }, text: "" },
  {
    name: "where a backfill seated it",
    step: { state: "COMPLETED", matchId: "match_1", battleSessionId: "bs_1", seatedBy: "BACKFILL" },
    text: "match_1, in bs_1, by a backfill",
  },
  {
    name: "who has accepted",
    step: { state: "REQUIRES_ACCEPTANCE", matchId: "match_1", playersAccepted: 3 },
    text: "match_1, 3 accepted",
  },
  { name: "why it searches again", step: { state: "SEARCHING", cause: "MATCH_REFUSED" }, text: "MATCH_REFUSED" },
] as const;

for (const row of rows) {
  test(`muster ticket history tells ${row.name}`, () => {
    expect(describeStep({ ...step, ...none, sessionEndCause: undefined, ...row.step })).toBe(row.text);
  });
}

const attempts = [
  { type: "FILL_DECIDED", of: { fillId: "f1", battleSessionId: "bs_1" }, text: "to join bs_1 (f1)" },
  {
    type: "FILL_DROPPED",
    of: { fillId: "f1", battleSessionId: "bs_1", cause: "SESSION_FULL" },
    text: "not in bs_1: SESSION_FULL (f1)",
  },
  {
    type: "PLACEMENT_ENDED",
    of: { matchId: "match_1", attempt: 2, cause: "TIMED_OUT" },
    text: "attempt 2 to place match_1: TIMED_OUT",
  },
] as const;
for (const { type, of, text } of attempts) {
  test(`muster ticket history tells what was tried: ${type}`, () => {
    const absent = { cause: undefined, matchId: undefined, attempt: undefined, fillId: undefined };
    expect(describeAttempt({ type, ...absent, battleSessionId: undefined, ...of })).toBe(text);
  });
}

test("muster ticket list knows every state of the contract", () => {
  const words = Object.keys(TicketState).filter((word) => word !== "UNSPECIFIED");
  expect(ticketStates.toSorted()).toEqual(words.toSorted());
  expect(parseTicketState("timed_out")).toBe("TIMED_OUT");
  expect(() => parseTicketState("lost")).toThrow(/they are PREPARING, SEARCHING/);
});
