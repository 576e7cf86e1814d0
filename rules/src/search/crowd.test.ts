import { parsePlayerId } from "@muster/proto";
import { expect, test } from "vitest";
import { fillGoalOf } from "../fill-goal.ts";
import { findFill } from "../find-fill.ts";
import { formMatch } from "../form-match.ts";
import { judge } from "../judge.ts";
import { parseRuleSet } from "../language/parse-rule-set.ts";
import type { JudgedTicket, SeatedTeam } from "../roster.ts";
import { teamShapes } from "../team-shapes.ts";
import { equalSize, redBlue, seats, skill, ticket } from "../tickets.fixture.ts";

const nearSkill = { name: "near", type: "batchDistance", batchAttribute: "skill", maxDistance: 100 };
const differ = {
  name: "differ",
  type: "comparison",
  measurements: ["flatten(teams[*].players.playerAttributes[skill])"],
  operation: "!=",
};
const region = { name: "region", type: "latency", maxLatency: 50 };
const ranked = (min: number, max: number, ...rules: object[]) =>
  redBlue(min, max, { playerAttributes: [skill], rules });
const repeated = (bounds: object) => ({ version: "v1.0", teams: [{ name: "squad", ...bounds }] });

const pool = (sizes: readonly number[], count: number, attributesOf: (index: number) => object = () => ({})) =>
  Array.from({ length: count }, (_, index) =>
    ticket(`t${String(index).padStart(5, "0")}`, {
      ...{ size: sizes[index % sizes.length] ?? 1, since: index },
      attributes: { ...attributesOf(index) },
    }),
  );
const solos = (count: number) => pool([1], count);
const inRegions = (tickets: readonly JudgedTicket[], regionsOf: (index: number) => readonly string[]) =>
  tickets.map((one, index) => ({
    ...one,
    players: one.players.map((player) => ({
      ...player,
      latenciesMs: Object.fromEntries(regionsOf(index).map((name) => [name, 20])),
    })),
  }));
const skillOf = (index: number) => ({ skill: (index * 37) % 1_000 });

const matches: readonly { name: string; document: object; tickets: readonly JudgedTicket[]; players: number }[] = [
  { name: "fills 100 against 100", document: redBlue(50, 100), tickets: solos(300), players: 200 },
  { name: "takes all where they are fewer", document: redBlue(50, 100), tickets: solos(130), players: 130 },
  { name: "waits for the minimum", document: redBlue(50, 100), tickets: solos(99), players: 0 },
  { name: "keeps teams of parties equal", document: ranked(20, 50, equalSize), tickets: pool([3], 40), players: 96 },
  { name: "counts an odd one out", document: ranked(20, 50, equalSize), tickets: solos(77), players: 76 },
  {
    name: "takes the distance that holds most players, not those nearest to the oldest",
    document: ranked(20, 50, nearSkill),
    // The oldest has 60 within 100 below, and now and then one above.
    tickets: pool([1], 121, (index) => ({ skill: index === 0 ? 500 : index % 2 === 0 ? 420 : 590 })),
    players: 61,
  },
  {
    name: "lets nobody sit with a twin in skill",
    document: ranked(21, 50, differ),
    tickets: pool([1], 400, (index) => ({ skill: index % 60 })),
    players: 60,
  },
  {
    name: "shares a region",
    document: ranked(21, 50, region),
    tickets: inRegions(solos(120), (index) => (index % 3 === 0 ? ["eu", "us"] : index % 3 === 1 ? ["eu"] : ["us"])),
    players: 80,
  },
  {
    name: "fills a battle royale of squads with parties",
    document: repeated({ minPlayers: 1, maxPlayers: 4, minQuantity: 15, maxQuantity: 25 }),
    tickets: pool([4, 3, 1, 2, 2], 100),
    players: 100,
  },
  {
    name: "fills a lobby of 1,000",
    document: repeated({ minPlayers: 1, maxPlayers: 1_000 }),
    tickets: pool([1, 2, 5], 600),
    players: 1_000,
  },
  {
    name: "opens teams of one for everybody",
    document: repeated({ minPlayers: 1, maxPlayers: 1, maxQuantity: 10_000 }),
    tickets: solos(3_000),
    players: 3_000,
  },
  {
    name: "passes over those who fit no team",
    document: repeated({ minPlayers: 1, maxPlayers: 2, minQuantity: 30, maxQuantity: 500 }),
    tickets: pool([1, 3, 2, 4], 200),
    players: 150,
  },
  {
    name: "respects the teams that are asked for",
    document: redBlue(30, 60),
    tickets: solos(200).map((one, index) => (index < 100 ? asking(one, "red") : one)),
    players: 120,
  },
];
for (const { name, document, tickets, players } of matches) {
  test(`formMatch() of a crowd ${name}`, () => {
    const ruleSet = parseRuleSet(document);
    const match = formMatch(ruleSet, tickets, 100_000);
    expect(match?.teams.reduce((sum, team) => sum + team.players.length, 0) ?? 0).toBe(players);
    if (!match) return;
    expect(judge(ruleSet, match.teams, { ageMs: 100_000 })).toEqual([]);
    expect(match.tickets[0]).toBe(tickets[0]?.ticketId);
    for (const team of match.teams) {
      for (const player of team.players) expect([undefined, team.name]).toContain(player.team);
    }
  });
}

const fills: readonly {
  name: string;
  document: object;
  seated: Readonly<Record<string, number>>;
  tickets: readonly JudgedTicket[];
  players: number;
}[] = [
  {
    name: "fills the last seats of 10,000",
    document: repeated({ minPlayers: 1, maxPlayers: 10_000 }),
    seated: { squad: 9_900 },
    tickets: pool([1, 3], 400),
    players: 100,
  },
  {
    name: "evens out what leavers left",
    document: ranked(1, 100, equalSize),
    seated: { red: 90, blue: 95 },
    tickets: solos(60),
    players: 15,
  },
  {
    name: "finds only near ones",
    document: ranked(1, 100, nearSkill),
    seated: { red: 30, blue: 30 },
    tickets: pool([1], 500, skillOf),
    // Of those within 100 of 500 and of the oldest near it, at 407.
    players: 46,
  },
];
for (const { name, document, seated, tickets, players } of fills) {
  test(`findFill() of a crowd ${name}`, () => {
    const ruleSet = parseRuleSet(document);
    const present = seats(seated, { skill: 500 });
    const goal = fillGoalOf(ruleSet, { strategy: "MAX_POSSIBLE" }, new Map(Object.entries(seated)));
    const fill = findFill(ruleSet, present, goal, tickets, 100_000);
    expect(fill?.additions.reduce((sum, addition) => sum + addition.players.length, 0) ?? 0).toBe(players);
    const after = teamShapes(ruleSet).map(({ name: team }): SeatedTeam => {
      const newcomers = fill?.additions.find((addition) => addition.team === team)?.players ?? [];
      return { name: team, players: [...(present.find((one) => one.name === team)?.players ?? []), ...newcomers] };
    });
    expect(judge(ruleSet, after)).toEqual([]);
  });
}

test("formMatch() of a crowd seats a player of two tickets once", () => {
  const twice = solos(120).map((one, index) => ({
    ...one,
    players: [{ playerId: parsePlayerId("playerId", `p${index % 100}`), attributes: {} }],
  }));
  const match = formMatch(parseRuleSet(redBlue(30, 60)), twice, 100_000);
  expect(match?.tickets).toHaveLength(100);
});

function asking(one: JudgedTicket, team: string): JudgedTicket {
  return { ...one, players: one.players.map((player) => ({ ...player, team })) };
}
