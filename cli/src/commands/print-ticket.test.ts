import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Ticket } from "../contract/ticket.ts";
import { describeTicketEvent } from "../view/describe-event.ts";
import { explainCause } from "../view/ticket-meaning.ts";
import { describeTicket, summarizeTicket } from "./print-ticket.ts";

const ticket = (more: Partial<Ticket>): Ticket => ({
  ...{
    ticketId: "t1",
    configuration: "ranked",
    state: "SEARCHING",
    version: 1,
    returns: 0,
    proposal: undefined,
    preparation: undefined,
  },
  ...{ createdAt: undefined, timesOutAt: undefined, matchId: undefined, assignment: undefined, cause: undefined },
  estimatedWaitMs: undefined,
  players: [{ playerId: "ada", attributes: {}, latenciesMs: {}, team: undefined, data: undefined }],
  ...more,
});
const asked = ticket({
  ...{ state: "REQUIRES_ACCEPTANCE", matchId: "match_1" },
  proposal: {
    expiresAt: "2026-01-01T00:00:20.000Z",
    players: [
      { playerId: "ada", team: "red", ticketId: "t1", accepted: true },
      { playerId: "bo", team: undefined, ticketId: "t2", accepted: false },
    ],
  },
});

const rows: readonly { readonly name: string; readonly ticket: Ticket; readonly lines: readonly string[] }[] = [
  {
    name: "who is asked, until when, and who has accepted",
    ticket: asked,
    lines: [
      "match          match_1",
      "accept until   2026-01-01T00:00:20.000Z",
      "player         red ada  accepted",
      "player         bo",
    ],
  },
  {
    name: "why a ticket was cancelled, in a sentence",
    ticket: ticket({ state: "CANCELLED", cause: "ACCEPTANCE_TIMED_OUT" }),
    lines: [
      "state          CANCELLED (ACCEPTANCE_TIMED_OUT)",
      "why            one of its players had not accepted the match in time",
    ],
  },
  {
    name: "why a ticket searches again, and how often it has returned",
    ticket: ticket({ cause: "MATCH_REFUSED", returns: 2 }),
    lines: ["why            somebody else refused the match", "returns        2, its age kept"],
  },
  {
    name: "a cause that only a newer matcher knows as it is",
    ticket: ticket({ state: "CANCELLED", cause: "BORED" }),
    lines: ["state          CANCELLED (BORED)"],
  },
];
for (const { name, ticket: shown, lines } of rows) {
  test(`describeTicket() tells ${name}`, () => {
    expect(describeTicket(shown)).toEqual(expect.arrayContaining([...lines]));
  });
}

test("a ticket whose match has one more acceptance is told in one line", () => {
  expect(summarizeTicket(asked)).toBe("t1 REQUIRES_ACCEPTANCE ranked: ada");
  const event = { type: "ACCEPTANCE_CHANGED", ticket: asked, at: undefined, resumeToken: "" } as const;
  expect(describeTicketEvent(event)?.text).toBe("ticket t1 REQUIRES_ACCEPTANCE 1 of 2 accepted match match_1: ada");
});

test("the guide to acceptance says of its causes what the command says", () => {
  const guide = readFileSync(new URL("../../../docs/guides/acceptance.md", import.meta.url), "utf8");
  for (const cause of ["ACCEPTANCE_REFUSED", "ACCEPTANCE_TIMED_OUT", "MATCH_REFUSED", "MATCH_UNANSWERED"]) {
    expect(guide).toContain(explainCause(cause) ?? "no sentence");
  }
});
