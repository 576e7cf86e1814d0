// Looking back: lists of tickets by filter and page, and the history of one.
import type { ListTicketsRequest } from "@muster/proto/matchmaking";
import { expect, test } from "vitest";
import { createWorld, type World } from "./matcher-world.fixture.ts";

const NO_FILTER: ListTicketsRequest = { configuration: "", states: [], playerId: "", pageSize: 0, pageToken: "" };

async function list({ matching }: World, filter: Partial<ListTicketsRequest> = {}): Promise<readonly string[]> {
  const { tickets } = await matching.listTickets({ ...NO_FILTER, ...filter });
  return tickets.map(({ ticketId }) => ticketId);
}

async function createPopulatedWorld(snapshotEveryFacts?: number): Promise<World> {
  const world = await createWorld(snapshotEveryFacts === undefined ? {} : { snapshotEveryFacts });
  await world.queue("equal", "ann", "bob"); // Waits for two others.
  await world.clock.advance(1_000);
  await world.queue("duel", "cid");
  await world.queue("duel", "dan");
  await world.clock.advance(1_000);
  await world.queue("duel", "eve");
  await world.matching.cancelMatching({ ticketId: "t-eve" });
  await world.queue("duel", "ann"); // Of another configuration.
  return world;
}

const START = 1_000_000;
const rows: readonly { readonly name: string; readonly filter: Partial<ListTicketsRequest>; readonly ids: string }[] = [
  { name: "all, newest first", filter: {}, ids: "t-ann t-eve t-dan t-cid t-ann-bob" },
  { name: "those of a configuration", filter: { configuration: "equal" }, ids: "t-ann-bob" },
  { name: "those of a configuration that nobody has put", filter: { configuration: "nope" }, ids: "" },
  { name: "those in any of some states", filter: { states: [3, 4] }, ids: "t-eve t-dan t-cid" },
  { name: "those of a player", filter: { playerId: "ann" }, ids: "t-ann t-ann-bob" },
  { name: "those made from a time on", filter: { createdFrom: new Date(START + 2_000) }, ids: "t-ann t-eve" },
  { name: "those made before a time", filter: { createdBefore: new Date(START + 1_000) }, ids: "t-ann-bob" },
  {
    name: "those that are all of it",
    filter: { states: [1], playerId: "ann", createdFrom: new Date(START + 1_500) },
    ids: "t-ann",
  },
];

for (const { name, filter, ids } of rows) {
  test(`ListTickets shows ${name}, after a restart too`, async () => {
    await using world = await createPopulatedWorld(5);
    expect((await list(world, filter)).join(" ")).toBe(ids);
    await world.restart();
    expect((await list(world, filter)).join(" ")).toBe(ids);
  });
}

test("pages of ListTickets show every ticket once, whatever comes meanwhile", async () => {
  await using world = await createPopulatedWorld();
  const pages: string[][] = [];
  let pageToken = "";
  do {
    const page = await world.matching.listTickets({ ...NO_FILTER, pageSize: 2, pageToken });
    pages.push(page.tickets.map(({ ticketId }) => ticketId));
    pageToken = page.nextPageToken;
    await world.queue("group", `late${pages.length}`);
  } while (pageToken !== "");
  expect(pages).toEqual([["t-ann", "t-eve"], ["t-dan", "t-cid"], ["t-ann-bob"]]);
});

test("a page of ListTickets that is exactly full is the last one if nothing follows", async () => {
  await using world = await createPopulatedWorld();
  const { tickets, nextPageToken } = await world.matching.listTickets({ ...NO_FILTER, pageSize: 5 });
  expect([tickets.length, nextPageToken]).toEqual([5, ""]);
});

test("DescribeTicketHistory tells every step with its cause, match and seat", async () => {
  await using world = await createWorld();
  await world.queue("auto", "ann");
  await world.queue("auto", "bob");
  await world.clock.advance(50);
  world.fleet.accept("ann", "bob");
  await world.queue("auto", "cid");
  await world.queue("auto", "dan");
  await world.clock.advance(50);
  const shown = async (ticketId: string) => {
    const { ticket, transitions } = await world.matching.describeTicketHistory({ ticketId });
    const steps = transitions.map(({ version, state, seatedBy, battleSessionId, matchId }) => {
      return [version, state, seatedBy, battleSessionId, matchId === "" ? "" : "match"].join();
    });
    return { state: ticket?.state, steps, transitions };
  };
  expect((await shown("t-ann")).steps).toEqual(["1,1,0,,", "2,2,0,,match", "3,3,1,bs_1,match"]);
  const filled = await shown("t-cid");
  expect(filled.steps).toEqual(["1,1,0,,", "2,3,2,bs_1,match"]);
  expect(filled.transitions.map(({ afterMs, sequence }) => [afterMs >= 0, sequence > 0])).toEqual([
    [true, true],
    [true, true],
  ]);
  const sessions = world.fleet.sessions();
  expect(sessions).toHaveLength(1);
});

test("DescribeTicketHistory goes on after the ticket's end, and over a restart", async () => {
  await using world = await createWorld({ snapshotEveryFacts: 3 });
  await world.queue("duel", "ann");
  await world.matching.cancelMatching({ ticketId: "t-ann" });
  const before = await world.matching.describeTicketHistory({ ticketId: "t-ann" });
  expect(before.transitions.map(({ cause }) => cause)).toEqual(["", "CANCELLED_BY_REQUEST"]);
  await world.restart();
  expect(await world.matching.describeTicketHistory({ ticketId: "t-ann" })).toEqual(before);
});
