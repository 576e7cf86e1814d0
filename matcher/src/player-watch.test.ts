// Watching a player: every ticket that holds the player, whichever configuration, in order and from any token.
import type { WatchTicketsResponse } from "@muster/proto/matchmaking";
import { expect, test } from "vitest";
import { createWorld } from "./matcher-world.fixture.ts";
import { INBOX_EVENTS_MAX } from "./player-inboxes.ts";

const told = (events: readonly WatchTicketsResponse[]) =>
  events.filter(({ ticket }) => ticket).map(({ ticket }) => `${ticket?.ticketId}@${ticket?.version}`);

test("a watch of a player tells of the player's tickets alone, from now on", async () => {
  await using world = await createWorld();
  await world.queue("equal", "ann", "before");
  const events = world.collect({ playerId: "ann" });
  await world.clock.advance(1);
  await world.queue("duel", "bob");
  await world.queue("group", "ann");
  await world.matching.cancelMatching({ ticketId: "t-ann-before" });
  await world.clock.advance(1);
  expect(events[0]?.ticket).toBeUndefined(); // A token, before the first event.
  expect(told(events)).toEqual(["t-ann@1", "t-ann-before@2"]);
});

test("a watch of a player goes on from each of its tokens, over a restart too", async () => {
  await using world = await createWorld();
  const events = world.collect({ playerId: "ann" });
  await world.clock.advance(1);
  for (const round of ["1", "2", "3"]) {
    await world.queue("duel", "ann", `mate${round}`);
    await world.queue("group", `other${round}`);
    await world.matching.cancelMatching({ ticketId: `t-ann-mate${round}` });
  }
  await world.clock.advance(1);
  const tokens = events.map(({ resumeToken }) => resumeToken);
  const all = told(events);
  expect(all).toHaveLength(6);
  await world.restart();
  for (const [index, resumeToken] of tokens.entries()) {
    const resumed = world.collect({ playerId: "ann", resumeToken });
    await world.clock.advance(1);
    expect(told(resumed)).toEqual(all.slice(index));
  }
});

test("a reader that does not read for long misses nothing", async () => {
  await using world = await createWorld();
  const request = { ticketIds: [], configuration: "", resumeToken: "", playerId: "ann" };
  const stream = world.matching.watchTickets(request)[Symbol.asyncIterator]();
  await world.run(stream.next());
  const rounds = INBOX_EVENTS_MAX; // Two events each.
  for (let round = 0; round < rounds; round += 1) {
    await world.queue("group", "ann", `m${round}`);
    await world.matching.cancelMatching({ ticketId: `t-ann-m${round}` });
  }
  const heard: WatchTicketsResponse[] = [];
  while (told(heard).length < 2 * rounds) heard.push((await world.run(stream.next())).value);
  const expected = Array.from({ length: rounds }, (_, round) => [`t-ann-m${round}@1`, `t-ann-m${round}@2`]).flat();
  expect(told(heard)).toEqual(expected);
  await stream.return?.();
});
