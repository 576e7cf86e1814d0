import type { BattleSession } from "@muster/proto";
import { expect, test } from "vitest";
import { createRehearsal } from "../rehearsal.ts";
import { parseFilter } from "./parse-filter.ts";
import type { Searched } from "./session-fields.ts";

const world = createRehearsal();
const properties = { map: "dust", "game mode": "ctf", empty: "" };
const active = world.placeActive({ name: 'Ann\'s "room"', properties, capacity: 6, configuration: "arena" });
const [process] = [...world.state.livingProcesses.values()];

function searched(battle: Partial<BattleSession> = {}): Searched {
  if (!process) throw new Error("no process");
  return { battle: { ...active, createdAtMs: 5_000, ...battle }, process };
}

const rows: readonly { readonly filter: string; readonly fits: boolean; readonly battle?: Partial<BattleSession> }[] = [
  { filter: "", fits: true },
  { filter: "  \n\t ", fits: true },
  { filter: "name = 'Ann\\'s \"room\"'", fits: true },
  { filter: 'name = "Ann\'s \\"room\\""', fits: true },
  { filter: "gameServerSessionName = 'Bob'", fits: false },
  { filter: "name = 'a\\\\b'", fits: true, battle: { name: "a\\b" } },
  { filter: "name = 'a\\b'", fits: true, battle: { name: "a\\b" } },
  { filter: "name <> 'Bob'", fits: true },
  { filter: "name <> 'Bob'", fits: false, battle: { name: undefined } },
  { filter: "NOT name = 'Bob'", fits: true, battle: { name: undefined } },
  { filter: "properties.map = 'dust'", fits: true },
  { filter: "gameServerSessionProperties.map = 'dust'", fits: true },
  { filter: "properties.map <> 'dust'", fits: false },
  { filter: "properties.'game mode' = 'ctf'", fits: true },
  { filter: 'properties."game mode" = "ctf"', fits: true },
  { filter: "properties.none = ''", fits: false },
  { filter: "properties.none <> ''", fits: false },
  { filter: "properties.empty = ''", fits: true },
  { filter: "properties.toString <> ''", fits: false },
  { filter: "capacity = 6", fits: true },
  { filter: "capacity=6", fits: true },
  { filter: "maximumSessions <> 6", fits: false },
  { filter: "capacity > 6", fits: false },
  { filter: "capacity >= 6.0", fits: true },
  { filter: "capacity < 6.5", fits: true },
  { filter: "capacity <= -6", fits: false },
  { filter: "createdAtMs >= 5000 AND creationTimeMillis < 5001", fits: true },
  { filter: "playerSessionCount = 2", fits: true },
  { filter: "currentCount >= 0", fits: false },
  {
    filter: "currentCount >= 3 and maxCount = 9",
    fits: true,
    battle: { customData: { currentCount: 3, maxCount: 9 } },
  },
  { filter: "configuration = 'arena' AND region = 'eu' AND fleet = 'eu'", fits: true },
  { filter: "hasAvailablePlayerSessions = true", fits: true },
  { filter: "hasAvailablePlayerSessions = TRUE", fits: true },
  { filter: "hasAvailablePlayerSessions <> false", fits: true },
  { filter: "hasAvailablePlayerSessions = true", fits: false, battle: { capacity: 2 } },
  { filter: "hasAvailablePlayerSessions = true", fits: false, battle: { creationPolicy: "DENY_ALL" } },
  { filter: "hasAvailablePlayerSessions = true", fits: false, battle: { unreachable: true } },
  {
    filter: "hasAvailablePlayerSessions = false",
    fits: true,
    battle: { teams: active.teams.map((team) => ({ ...team, capacity: 1 })) },
  },
  { filter: "hasAvailablePlayerSessions = true", fits: true, battle: { teams: [] } },
  { filter: "capacity = 1 OR capacity = 6 AND playerSessionCount = 2", fits: true },
  { filter: "capacity = 6 OR capacity = 1 AND playerSessionCount = 9", fits: true },
  { filter: "(capacity = 6 OR capacity = 1) AND playerSessionCount = 9", fits: false },
  { filter: "NOT capacity = 1 AND playerSessionCount = 9", fits: false },
  { filter: "NOT (capacity = 1 OR playerSessionCount = 9)", fits: true },
  { filter: "((((capacity = 6))))", fits: true },
];
for (const { filter, fits, battle } of rows) {
  const of = battle ? ` of ${Object.keys(battle).join(", ")} ${JSON.stringify(Object.values(battle)[0])}` : "";
  test(`parseFilter() ${fits ? "selects" : "leaves out"} a session${of} by ${JSON.stringify(filter)}`, () => {
    expect(parseFilter(filter)(searched(battle))).toBe(fits);
  });
}

const refused = [
  { filter: "map = 'dust'", position: 1, says: "one of name, battleSessionId" },
  { filter: "properties. = 'dust'", position: 1, says: "properties.KEY" },
  { filter: "properties.map = dust", position: 18, says: "a text in quotes" },
  { filter: "properties.map > 'a'", position: 16, says: "one of = <>, as properties.map is a text" },
  { filter: "capacity = '4'", position: 12, says: "a number" },
  { filter: "capacity = 4x", position: 12, says: "a number" },
  { filter: "capacity = 1e3", position: 12, says: "a number" },
  { filter: "capacity = 1234567890123456", position: 12, says: "a number" },
  { filter: "capacity != 4", position: 10, says: "a sign" },
  { filter: "capacity == 4", position: 11, says: "a number" },
  { filter: "capacity 4", position: 10, says: "one of = <>" },
  { filter: "capacity", position: 9, says: "it ends there" },
  { filter: "capacity =", position: 11, says: "it ends there" },
  { filter: "hasAvailablePlayerSessions = yes", position: 30, says: "true or false" },
  { filter: "hasAvailablePlayerSessions > true", position: 28, says: "one of = <>" },
  { filter: "name = 'Ann", position: 8, says: "ends in the quote" },
  { filter: "name = 'Ann\\'", position: 8, says: "ends in the quote" },
  { filter: "capacity = 1 capacity = 2", position: 14, says: "AND, OR or the end" },
  { filter: "capacity = 1 AND", position: 17, says: "one of name" },
  { filter: "AND capacity = 1", position: 1, says: "one of name" },
  { filter: "(capacity = 1", position: 14, says: "a closing bracket" },
  { filter: "capacity = 1)", position: 13, says: "AND, OR or the end" },
  { filter: "()", position: 2, says: "one of name" },
  { filter: "capacity = 1 # two", position: 14, says: '"#"' },
  { filter: `${"(".repeat(17)}capacity = 1${")".repeat(17)}`, position: 17, says: "at most 16 deep" },
  { filter: `${"NOT ".repeat(17)}capacity = 1`, position: 65, says: "at most 16 deep" },
  { filter: Array.from({ length: 65 }, () => "capacity=1").join(" OR "), position: 897, says: "at most 64" },
];
for (const { filter, position, says } of refused) {
  test(`parseFilter() refuses ${JSON.stringify(filter.slice(0, 40))} at character ${position}`, () => {
    const metadata = { field: "filter", position: String(position) };
    expect(() => parseFilter(filter)).toThrow(expect.objectContaining({ reason: "FIELD_INVALID", metadata }));
    expect(() => parseFilter(filter)).toThrow(says);
  });
}

test("parseFilter() refuses what is too long", () => {
  const metadata = { field: "filter" };
  expect(() => parseFilter(" ".repeat(1_025))).toThrow(expect.objectContaining({ reason: "FIELD_INVALID", metadata }));
});
