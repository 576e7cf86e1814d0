// Tickets that wait for their own players, through the calls of a backend and restarts of the matcher.
import { noProperties, TicketEventType, TicketState } from "@muster/proto/matchmaking";
import { describe, expect, test } from "vitest";
import { createWorld } from "./matcher-world.fixture.ts";

const playerOf = (playerId: string) => ({ playerId, attributes: { rank: 3 }, latenciesMs: { eu: 20 }, team: "" });

/** Ticket "t" of ann, who is in, and bob, who has 30 s. */
async function prepared(options: Parameters<typeof createWorld>[0] = {}) {
  const world = await createWorld(options);
  const asked = { playerIds: ["bob"], timeoutSeconds: 30 };
  await world.matching.startMatching({
    ...noProperties,
    configuration: "duel",
    ticketId: "t",
    players: [playerOf("ann")],
    asked,
  });
  return world;
}

test("a ticket searches when the last player has joined, with what they bring", async () => {
  await using world = await prepared();
  const events = world.collect({ ticketIds: ["t"] });
  const { ticket: before } = await world.matching.startMatching({
    ...{ ...noProperties, configuration: "duel", ticketId: "t", players: [playerOf("ann")] },
    asked: { playerIds: ["bob"], timeoutSeconds: 30 },
  });
  expect(before).toMatchObject({
    state: TicketState.PREPARING,
    players: [playerOf("ann"), { playerId: "bob", attributes: {}, latenciesMs: {} }],
    preparation: { players: [{ joined: true }, { playerId: "bob", joined: false }] },
  });
  expect(before?.preparation?.expiresAt).toEqual(before?.timesOutAt);
  await world.clock.advance(10_000);
  const { ticket } = await world.matching.joinMatching({ ticketId: "t", players: [playerOf("bob")] });
  expect(ticket).toMatchObject({ players: [playerOf("ann"), playerOf("bob")], preparation: undefined, version: 2 });
  // A minute from when the search began.
  const searchMs = (ticket?.timesOutAt?.getTime() ?? 0) - world.clock.wallMs();
  expect(Math.abs(searchMs - 60_000)).toBeLessThan(100);
  await world.clock.advance(100);
  const changes = events.filter(({ type }) => type === TicketEventType.STATE_CHANGED);
  expect(changes.map((event) => event.ticket?.state)).toEqual([TicketState.PREPARING, TicketState.SEARCHING]);
});

test("its history counts from the request, and never back", async () => {
  await using world = await prepared();
  await world.clock.advance(10_000);
  await world.matching.joinMatching({ ticketId: "t", players: [playerOf("bob")] });
  await world.clock.advance(5_000);
  await world.matching.cancelMatching({ ticketId: "t" });
  const { transitions } = await world.matching.describeTicketHistory({ ticketId: "t" });
  expect(transitions.map(({ afterMs }) => Math.floor(afterMs / 1_000))).toEqual([0, 10, 15]);
});

test("a decline cancels it for everybody, and says so again", async () => {
  await using world = await prepared();
  for (let i = 0; i < 2; i += 1) {
    const { ticket } = await world.matching.declineMatching({ ticketId: "t", playerId: "bob" });
    expect(ticket).toMatchObject({ state: TicketState.CANCELLED, cause: "PREPARATION_DECLINED" });
  }
  const join = world.matching.joinMatching({ ticketId: "t", players: [playerOf("bob")] });
  await expect(join).rejects.toMatchObject({ reason: "PREPARATION_ENDED", metadata: { state: "CANCELLED" } });
});

describe("a matcher that restarts", () => {
  for (const snapshotEveryFacts of [undefined, 1]) {
    const how = snapshotEveryFacts === undefined ? "its journal" : "a snapshot";
    const options = snapshotEveryFacts === undefined ? {} : { snapshotEveryFacts };

    test(`goes on with a preparation from ${how}`, async () => {
      await using world = await prepared(options);
      await world.restart();
      expect(await world.state("t")).toBe("PREPARING");
      await world.matching.joinMatching({ ticketId: "t", players: [playerOf("bob")] });
      await world.restart();
      expect(await world.ticket("t")).toMatchObject({ players: [playerOf("ann"), playerOf("bob")], version: 2 });
    });

    test(`ends it by its deadline from ${how}`, async () => {
      await using world = await prepared(options);
      await world.clock.advance(29_000);
      await world.restart();
      expect(await world.state("t")).toBe("PREPARING");
      await world.clock.advance(1_000);
      expect(await world.ticket("t")).toMatchObject({ state: TicketState.TIMED_OUT, cause: "PREPARATION_TIMED_OUT" });
    });
  }
});
