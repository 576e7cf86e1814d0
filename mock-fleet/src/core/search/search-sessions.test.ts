import type { PlayerId, ServerSessionId } from "@muster/proto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createRehearsal, playerToSeat } from "../rehearsal.ts";
import { parseFilter } from "./parse-filter.ts";
import { parseSort } from "./parse-sort.ts";
import { type SearchPlace, searchSessions } from "./search-sessions.ts";

type Wanted = { readonly name?: string; readonly capacity: number; readonly players: number };

function worldOf(wanted: readonly Wanted[]) {
  const world = createRehearsal({
    fleets: [{ processes: wanted.length || 1, portRange: { first: 7_000, last: 7_999 } }],
  });
  world.readyAll();
  for (const { name, capacity, players } of wanted) {
    const request = { capacity, players: Array.from({ length: players }, (_, i) => playerToSeat(`p${i}`)), teams: [] };
    const placementId = world.place({ ...request, ...(name === undefined ? {} : { name }) });
    const { processId, battleSessionId } = world.sessionFor(placementId);
    world.command(processId, { type: "activate-session", sessionId: battleSessionId });
    world.pass(1);
  }
  const find = (search: { filter?: string; sort?: string; limit?: number; after?: SearchPlace; fleet?: string }) =>
    searchSessions(
      world.state,
      {
        ...{ filter: parseFilter(search.filter ?? ""), sort: parseSort(search.sort ?? "") },
        ...{ limit: search.limit ?? 100, after: search.after, fleet: search.fleet },
      },
      world.moment().config,
    );
  const names = (search: Parameters<typeof find>[0]) => find(search).found.map(({ battle }) => battle.name ?? "-");
  return { world, find, names };
}

const four = [
  { name: "b", capacity: 4, players: 1 },
  { name: "a", capacity: 2, players: 2 },
  { capacity: 4, players: 3 },
  { name: "c", capacity: 3, players: 0 },
];

const sorts = [
  { sort: "", names: ["b", "a", "-", "c"] },
  { sort: "createdAtMs DESC", names: ["c", "-", "a", "b"] },
  { sort: "name", names: ["a", "b", "c", "-"] },
  { sort: "name desc", names: ["c", "b", "a", "-"] },
  { sort: "capacity DESC, playerSessionCount DESC", names: ["-", "b", "c", "a"] },
  { sort: "maximumSessions,creationTimeMillis DESC", names: ["a", "c", "-", "b"] },
] as const;
for (const { sort, names } of sorts) {
  test(`sessions come by ${JSON.stringify(sort)}`, () => expect(worldOf(four).names({ sort })).toEqual(names));
}

const refused = [
  { sort: "hasAvailablePlayerSessions", position: 1, says: "one of name" },
  { sort: "age", position: 1, says: "properties.KEY" },
  { sort: "name UP", position: 6, says: "ASC, DESC" },
  { sort: "name,", position: 6, says: "it ends there" },
  { sort: "name DESC capacity", position: 11, says: "a comma" },
  { sort: "name,name,name,name,name,name", position: 26, says: "at most 5" },
];
for (const { sort, position, says } of refused) {
  test(`parseSort() refuses ${JSON.stringify(sort)} at character ${position}`, () => {
    const metadata = { field: "sort", position: String(position) };
    expect(() => parseSort(sort)).toThrow(expect.objectContaining({ reason: "FIELD_INVALID", metadata }));
    expect(() => parseSort(sort)).toThrow(says);
  });
}

test("only active sessions are found: none that loads, ends or has ended", () => {
  const { world, names } = worldOf(four);
  const [first, second] = [...world.state.sessions.values()].map(({ battle }) => battle);
  if (!first || !second) throw new Error("no sessions");
  world.command(first.processId, { type: "end-session", sessionId: first.battleSessionId });
  world.command(second.processId, { type: "process-ending" });
  world.place({ name: "loads" });
  expect(names({})).toEqual(["-", "c"]);
});

test("one fleet's sessions are found alone, and an unknown fleet is refused", () => {
  const { names } = worldOf(four);
  expect(names({ fleet: "eu" })).toHaveLength(4);
  expect(() => names({ fleet: "us" })).toThrow(expect.objectContaining({ reason: "FLEET_NOT_FOUND" }));
});

test("pages follow one another: every session once, in order, whatever the limit and the sort", () => {
  const wanted = fc.array(
    fc.record({ name: fc.constantFrom("a", "b"), capacity: fc.integer({ min: 3, max: 5 }), players: fc.nat(3) }),
    { maxLength: 12 },
  );
  const sort = fc.constantFrom("", "name", "capacity DESC", "playerSessionCount, name DESC", "battleSessionId DESC");
  fc.assert(
    fc.property(wanted, sort, fc.integer({ min: 1, max: 5 }), (sessions, sort, limit) => {
      const { find } = worldOf(sessions);
      const filter = "capacity > 3";
      const whole = find({ filter, sort }).found.map(({ battle }) => battle.battleSessionId);
      const paged: ServerSessionId[] = [];
      let after: SearchPlace | undefined;
      for (;;) {
        const { found, hasMore } = find({ filter, sort, limit, ...(after ? { after } : {}) });
        paged.push(...found.map(({ battle }) => battle.battleSessionId));
        after = found.at(-1)?.place;
        if (!hasMore) break;
        expect(found).toHaveLength(limit);
      }
      expect(paged).toEqual(whole);
      expect(whole).toHaveLength(sessions.filter(({ capacity }) => capacity > 3).length);
    }),
    { numRuns: 60 },
  );
});

test("a search finds who may be joined", () => {
  const { world, names } = worldOf(four);
  expect(names({ filter: "hasAvailablePlayerSessions = true", sort: "name" })).toEqual(["b", "c", "-"]);
  const [session] = [...world.state.sessions.values()];
  const seat = session?.battle.playerSessions.find(({ playerId }) => playerId === ("p0" as PlayerId));
  if (!session || !seat) throw new Error("nobody");
  const { processId, battleSessionId: sessionId } = session.battle;
  world.command(processId, { type: "change-creation-policy", sessionId, creationPolicy: "DENY_ALL" });
  expect(names({ filter: "hasAvailablePlayerSessions = true", sort: "name" })).toEqual(["c", "-"]);
});
