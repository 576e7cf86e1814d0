// Where the estimate of the wait shows, and where it does not: it changes without a new version of the ticket.
import { expect, test } from "vitest";
import { createWorld } from "./matcher-world.fixture.ts";
import { ask, createQueryWorld, queryConfiguration, says } from "./query-world.fixture.ts";

test("a searching ticket is shown with its estimate in answers, in no event, and no more once it is matched", async () => {
  await using world = await createWorld();
  const events = world.collect({});
  const estimateOf = async (ticketId: string) => {
    const { tickets } = await world.run(world.matching.describeMatchingProgress({ ticketIds: [ticketId] }));
    return tickets[0]?.estimatedWaitMs;
  };
  const early = await world.queue("group", "early");
  expect(await estimateOf(early.ticketId)).toBeUndefined();
  await world.run(world.matching.cancelMatching({ ticketId: early.ticketId }));
  for (let pair = 0; pair < 8; pair += 1) {
    await world.queue("group", `first-${pair}`);
    await world.clock.advance(4_000);
    await world.queue("group", `second-${pair}`);
    await world.clock.advance(20);
  }
  const { ticketId } = await world.queue("group", "last");
  await world.clock.advance(1_000);
  const { ticket } = await world.run(world.matching.explainTicket({ ticketId }));
  for (const estimate of [await estimateOf(ticketId), ticket?.estimatedWaitMs]) {
    expect(estimate).toBeGreaterThan(3_300);
    expect(estimate).toBeLessThan(4_800);
  }
  await world.queue("group", "other");
  await world.clock.advance(20);
  expect(await world.state(ticketId)).toBe("COMPLETED");
  expect(await estimateOf(ticketId)).toBeUndefined();
  expect(events.filter((event) => event.ticket?.estimatedWaitMs !== undefined)).toEqual([]);
});

test("a ticket that seeks by a query is shown with its estimate too", async () => {
  await using world = await createQueryWorld([queryConfiguration({}, { queue: undefined })]);
  const query = "+properties.region:eu";
  const seeking = { query, ...says({ region: "eu" }) };
  for (let pair = 0; pair < 8; pair += 1) {
    await ask(world, `first-${pair}`, seeking);
    await world.clock.advance(4_000);
    await ask(world, `second-${pair}`, seeking);
    await world.clock.advance(20);
  }
  await ask(world, "last", seeking);
  await world.clock.advance(1_000);
  const { ticket } = await world.matching.explainTicket({ ticketId: "last" });
  expect(ticket?.estimatedWaitMs).toBeGreaterThan(3_300);
  expect(ticket?.estimatedWaitMs).toBeLessThan(4_800);
});
