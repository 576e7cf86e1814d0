// A search over the wire: its pages, and what it refuses.
import { expect, test } from "vitest";
import { createFleetWorld, type FleetWorld } from "../fleet-world.ts";

type Request = Parameters<FleetWorld["fleet"]["searchServerSessions"]>[0];

const searchOf =
  (world: FleetWorld) =>
  (request: Partial<Request> = {}) =>
    world.fleet.searchServerSessions({ filter: "", sort: "", limit: 0, pageToken: "", fleet: "", ...request });

test("sessions are found by name, page by page, and told whole", async () => {
  await using world = await createFleetWorld({ fleet: { processes: 3 } });
  for (const name of ["ann", "ben", ""]) await world.place({ name });
  const search = searchOf(world);
  const all = await search({ sort: "name DESC" });
  expect(all.sessions.map(({ name }) => name)).toEqual(["ben", "ann", ""]);
  expect(all.sessions[0]?.playerSessions).toHaveLength(2);
  expect(all.nextPageToken).toBe("");
  const filter = "name <> 'nobody'";
  const first = await search({ filter, sort: "name", limit: 1 });
  const second = await search({ filter, sort: "name", limit: 1, pageToken: first.nextPageToken });
  expect([first, second].map(({ sessions }) => sessions.map(({ name }) => name))).toEqual([["ann"], ["ben"]]);
  expect(second.nextPageToken).toBe("");
});

test("a page ends where an answer is full, and the next one goes on", async () => {
  await using world = await createFleetWorld({ fleet: { processes: 12 } });
  const properties = Object.fromEntries(Array.from({ length: 64 }, (_, key) => [`k${key}`, "語".repeat(1_024)]));
  const data = "語".repeat(65_536);
  for (let index = 0; index < 12; index += 1) await world.place({ properties, data });
  const search = searchOf(world);
  const first = await search({ limit: 100 });
  const second = await search({ limit: 100, pageToken: first.nextPageToken });
  const seen = [first, second].flatMap(({ sessions }) => sessions.map(({ battleSessionId }) => battleSessionId));
  expect([first.sessions.length, second.sessions.length].every((count) => count > 0 && count < 12)).toBe(true);
  expect([new Set(seen).size, seen.length, second.nextPageToken]).toEqual([12, 12, ""]);
});

test("a token goes on only with the search that gave it", async () => {
  await using world = await createFleetWorld({ fleet: { processes: 3 } });
  for (const name of ["ann", "ben"]) await world.place({ name });
  const search = searchOf(world);
  const { nextPageToken: pageToken } = await search({ limit: 1 });
  const refusal = { reason: "FIELD_INVALID", metadata: { field: "page_token" } };
  await expect(search({ limit: 1, sort: "name", pageToken })).rejects.toMatchObject(refusal);
  await expect(search({ limit: 1, filter: "capacity > 0", pageToken })).rejects.toMatchObject(refusal);
  expect((await search({ limit: 1, pageToken })).sessions).toHaveLength(1);
});

const refusals: readonly { readonly name: string; readonly request: Partial<Request>; readonly error: object }[] = [
  {
    name: "a filter that cannot be read, and says where",
    request: { filter: "capacity = four" },
    error: { reason: "FIELD_INVALID", metadata: { field: "filter", position: "12" } },
  },
  {
    name: "a sort that cannot be read",
    request: { sort: "age" },
    error: { reason: "FIELD_INVALID", metadata: { field: "sort", position: "1" } },
  },
  { name: "a limit of 101", request: { limit: 101 }, error: { reason: "FIELD_INVALID", metadata: { field: "limit" } } },
  { name: "a limit of -1", request: { limit: -1 }, error: { reason: "FIELD_INVALID", metadata: { field: "limit" } } },
  {
    name: "a token that is none",
    request: { pageToken: "x" },
    error: { reason: "FIELD_INVALID", metadata: { field: "page_token" } },
  },
  { name: "an unknown fleet", request: { fleet: "us" }, error: { reason: "FLEET_NOT_FOUND" } },
  { name: "a malformed fleet", request: { fleet: "u s" }, error: { reason: "ID_MALFORMED" } },
];
test.for(refusals)("SearchServerSessions refuses $name", async ({ request, error }) => {
  await using world = await createFleetWorld();
  await expect(searchOf(world)(request)).rejects.toMatchObject(error);
});
