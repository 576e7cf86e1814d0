import type { PlayerId, TicketId } from "@muster/proto";
import { expect, test } from "vitest";
import { configurationOf, DUEL } from "../matcher-world.fixture.ts";
import { getTicket } from "./cancel-matching.ts";
import { evolve } from "./evolve.ts";
import type { MatcherFact } from "./fact.ts";
import { createMatcherState } from "./matcher-state.ts";

const ticketId = "a" as TicketId;
const players = [{ playerId: "p" as PlayerId, attributes: {}, latenciesMs: {}, team: undefined }];

test("getTicket() keeps what it showed: an answer that waits for the disk tells of no later change", () => {
  const state = createMatcherState();
  const facts: readonly MatcherFact[] = [
    { type: "rule-set-put", name: "duel", document: JSON.stringify(DUEL) },
    { type: "configuration-put", configuration: configurationOf() },
    { type: "ticket-created", ticketId, configuration: "duel", players, bodyDigest: "", timesOutAtMs: 60_000 },
  ];
  for (const [index, fact] of facts.entries()) evolve(state, { sequence: index + 1, atMs: 0, atWallMs: 0, fact });
  const shown = getTicket(state, ticketId);
  evolve(state, { sequence: 4, atMs: 0, atWallMs: 0, fact: { type: "ticket-cancelled", ticketId } });
  expect(shown).toMatchObject({ version: 1, state: { phase: "SEARCHING" } });
  expect(getTicket(state, ticketId)).toMatchObject({ version: 2, state: { phase: "CANCELLED" } });
});
