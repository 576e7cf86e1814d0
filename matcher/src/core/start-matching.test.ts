import type { PlayerId, TicketId } from "@muster/proto";
import { expect, test } from "vitest";
import { configurationOf, DUEL } from "../matcher-world.fixture.ts";
import { evolve } from "./evolve.ts";
import type { MatcherFact } from "./fact.ts";
import { createMatcherState } from "./matcher-state.ts";
import { decideStartMatching } from "./start-matching.ts";

function stateOf(...facts: readonly MatcherFact[]) {
  const state = createMatcherState();
  const base: readonly MatcherFact[] = [
    { type: "rule-set-put", name: "duel", document: JSON.stringify(DUEL) },
    { type: "configuration-put", configuration: configurationOf({ requestTimeoutMs: 5_000 }) },
    { type: "configuration-put", configuration: configurationOf({ name: "other" }) },
  ];
  for (const [index, fact] of [...base, ...facts].entries()) {
    evolve(state, { sequence: index + 1, atMs: 0, atWallMs: 0, fact });
  }
  return state;
}

const request = (id: string, configuration = "duel") => ({
  ticketId: id as TicketId,
  configuration,
  players: [{ playerId: `p-${id}` as PlayerId, attributes: {}, latenciesMs: {}, team: undefined }],
  bodyDigest: id,
});

test("a ticket times out so long after its request", () => {
  expect(decideStartMatching(stateOf(), request("a"), 1_000.5)).toMatchObject([{ timesOutAtMs: 6_001 }]);
});

test("a full pool takes no more, until a ticket has left it; other pools do not care", () => {
  const state = stateOf(...decideStartMatching(stateOf(), request("a"), 0));
  const before = state.tickets.size;
  expect(() => decideStartMatching(state, request("b"), 0, 1)).toThrow(
    expect.objectContaining({ reason: "POOL_FULL", metadata: { limit: "1" } }),
  );
  expect(state.tickets.size).toBe(before);
  expect(decideStartMatching(state, request("b", "other"), 0, 1)).toHaveLength(1);
  const cancelled: MatcherFact = { type: "ticket-cancelled", ticketId: "a" as TicketId };
  evolve(state, { sequence: 99, atMs: 0, atWallMs: 0, fact: cancelled });
  expect(decideStartMatching(state, request("b"), 0, 1)).toHaveLength(1);
});

test("a player may be in one live ticket of each configuration", () => {
  const state = stateOf(...decideStartMatching(stateOf(), request("a"), 0));
  const again = { ...request("b"), players: request("a").players };
  expect(() => decideStartMatching(state, again, 0)).toThrow(
    expect.objectContaining({ reason: "PLAYER_ALREADY_QUEUED", metadata: { playerId: "p-a", ticketId: "a" } }),
  );
  expect(decideStartMatching(state, { ...again, configuration: "other" }, 0)).toHaveLength(1);
});
