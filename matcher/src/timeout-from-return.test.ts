// What a ticket's timeout counts from: its request, or anew from each return to the search.
import { MatchAnswer } from "@muster/proto/matchmaking";
import { expect, test } from "vitest";
import { configurationOf, createWorld, worldConfig } from "./matcher-world.fixture.ts";

const rows = [
  { from: undefined, afterMs: 5_100, state: "TIMED_OUT" },
  { from: "REQUEST", afterMs: 5_100, state: "TIMED_OUT" },
  { from: "RETURN", afterMs: 5_100, state: "SEARCHING" },
  { from: "RETURN", afterMs: 8_900, state: "SEARCHING" },
  { from: "RETURN", afterMs: 9_100, state: "TIMED_OUT" },
] as const;

for (const { from, afterMs, state } of rows) {
  test(`a ticket that returns after 4 s of 5 is ${state} at ${afterMs} ms, counted from ${from ?? "the default"}`, async () => {
    const acceptance = { timeoutMs: 20_000, autoContinue: true };
    const duel = configurationOf({ requestTimeoutMs: 5_000, requestTimeoutFrom: from, acceptance });
    await using world = await createWorld({
      config: { ...worldConfig, configurations: [duel] },
      snapshotEveryFacts: 5,
    });
    const startedMs = world.clock.nowMs();
    await world.queue("duel", "ann");
    await world.clock.advance(3_980);
    await world.queue("duel", "bob");
    await world.clock.advance(20);
    const { matchId } = await world.ticket("t-bob");
    const answer = { ticketId: "t-bob", matchId, playerIds: ["bob"], answer: MatchAnswer.REFUSE };
    await world.matching.acceptMatch(answer);
    const back = await world.ticket("t-ann");
    expect([back.returns, back.state]).toEqual([1, 1]);
    const told = await world.matching.describeTicketHistory({ ticketId: "t-ann" });
    await world.restart();
    expect(await world.matching.describeTicketHistory({ ticketId: "t-ann" })).toEqual(told);
    expect((await world.ticket("t-ann")).timesOutAt).toEqual(back.timesOutAt);
    await world.clock.advance(startedMs + afterMs - world.clock.nowMs());
    expect(await world.state("t-ann")).toBe(state);
  });
}
