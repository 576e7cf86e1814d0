// Every checker sees its promise broken, and none complains of a battle that goes well.
import { expect, test } from "vitest";
import { brokenMatches } from "./broken-matches.fixture.ts";
import { brokenNews } from "./broken-news.fixture.ts";
import { brokenSessions } from "./broken-sessions.fixture.ts";
import { brokenTickets } from "./broken-tickets.fixture.ts";
import { createCheckers } from "./table.ts";
import { battle, createTale, player } from "./tale.fixture.ts";
import { fill, newcomers, ok, propose, removed, terms } from "./tale-words.fixture.ts";

for (const { promise, name, tell } of [...brokenTickets, ...brokenMatches, ...brokenSessions, ...brokenNews]) {
  test(`createCheckers() sees ${name} as ${promise} broken`, () => {
    const tale = createTale(createCheckers(terms));
    expect(() => tell(tale)).toThrow(new RegExp(`^${promise}: `));
  });
}

test("createCheckers() finds nothing wrong with a battle that goes well", () => {
  const checkers = createCheckers(terms);
  const tale = createTale(checkers);
  tale.watch("w");
  battle(tale);
  for (const ticketId of ["a", "b"]) {
    tale.ticket("w", { ticketId, version: 1, state: 1 });
    tale.ticket("w", { ticketId, version: 2, state: 2 });
    tale.ticket("w", { ticketId, version: 3, state: 3 });
  }
  for (const id of ["c", "d"]) tale.queue(id);
  tale.matcher(fill({ approvalTimeoutMs: 1_000 }));
  propose(tale);
  const playerIds = ["c", "d"].map((id) => player(id, 0));
  tale.heard({ type: "approve", battleSessionId: "bs_1", playerIds, said: true });
  tale.call("answerFill", { fillId: "bf_1.f1", approved: true }, ok({}), "server~1");
  tale.change({ added: newcomers }, { request: { id: "fill bf_1.f1", bodyDigest: "" } });
  const players = ["a", "b", "c", "d"].map((ticketId) => ({ ticketId }));
  tale.matcher({ type: "fill-applied", fillId: "bf_1.f1", battleSessionId: "bs_1", players, region: "eu" });
  const seats = [...["a", "c"].map((id) => removed(id, "red")), ...["b", "d"].map((id) => removed(id, "blue"))];
  tale.change({ reason: "SESSION_ENDED", state: "TERMINATED", removed: seats });
  const backfill = { backfillId: "bf_1", state: "CANCELLED", strategy: "MAX_POSSIBLE" };
  tale.matcher({ type: "backfill-changed", battleSessionId: "bs_1", backfill });
  tale.matcher({ type: "session-ended", battleSessionId: "bs_1", cause: "GAME_ENDED" });
  for (const ticketId of ["c", "d"]) {
    tale.ticket("w", { ticketId, version: 1, state: 1 });
    tale.ticket("w", { ticketId, version: 2, state: 3 });
  }
  for (const ticketId of ["a", "b"]) tale.ticket("w", { ticketId, version: 3, state: 3 }, { type: 2 });
  for (const ticketId of ["c", "d"]) tale.ticket("w", { ticketId, version: 2, state: 3 }, { type: 2 });
  tale.heal();
  tale.end();
  expect(checkers.names.length).toBeGreaterThan(30);
});
