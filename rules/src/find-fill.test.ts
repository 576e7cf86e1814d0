import fc from "fast-check";
import { expect, test } from "vitest";
import { type FillStrategy, fillGoalOf, isFillPossible, isFull } from "./fill-goal.ts";
import { findFill } from "./find-fill.ts";
import { judge } from "./judge.ts";
import { parseRuleSet } from "./language/parse-rule-set.ts";
import type { JudgedTicket, SeatedTeam } from "./roster.ts";
import { equalSize, redBlue, seats, skill, ticket } from "./tickets.fixture.ts";

const equal = parseRuleSet(redBlue(1, 3, { rules: [equalSize] }));
const free = parseRuleSet(redBlue(1, 3));
const squads = parseRuleSet({
  version: "v1.0",
  teams: [{ name: "squad", minPlayers: 2, maxPlayers: 3, minQuantity: 1, maxQuantity: 3 }],
});
const near = parseRuleSet(
  redBlue(1, 3, {
    playerAttributes: [skill],
    rules: [
      {
        name: "near",
        type: "distance",
        measurements: ["flatten(teams[*].players.playerAttributes[skill])"],
        referenceValue: "avg(flatten(teams[*].players.playerAttributes[skill]))",
        maxDistance: 50,
      },
    ],
    expansions: [
      { target: "rules[near].maxDistance", steps: [{ waitTimeSeconds: 10, value: 500 }] },
      { target: "teams[*].maxPlayers", steps: [{ waitTimeSeconds: 10, value: 5 }] },
    ],
  }),
);
const most: FillStrategy = { strategy: "MAX_POSSIBLE" };
const custom = (addPlayers: Readonly<Record<string, number>>): FillStrategy => ({
  strategy: "CUSTOM",
  addPlayers: new Map(Object.entries(addPlayers)),
});
const solos = (count: number) => Array.from({ length: count }, (_, index) => ticket(`t${index}`, { since: index }));
const sizesOf = (seated: readonly SeatedTeam[]) => new Map(seated.map((team) => [team.name, team.players.length]));

type Row = {
  readonly name: string;
  readonly ruleSet?: typeof equal;
  readonly seated: readonly SeatedTeam[];
  readonly startedAt?: Readonly<Record<string, number>>;
  readonly strategy: FillStrategy;
  readonly tickets: readonly JudgedTicket[];
  readonly nowMs?: number;
  readonly fill?: Readonly<Record<string, string>>;
  readonly isPossible?: boolean;
  readonly isFull?: boolean;
};
const rows: readonly Row[] = [
  {
    name: "grows 1v1 to 2v2 with two",
    seated: seats({ red: 1, blue: 1 }),
    strategy: most,
    tickets: solos(2),
    fill: { red: "t0", blue: "t1" },
  },
  {
    name: "grows 1v1 to 2v2 with three",
    seated: seats({ red: 1, blue: 1 }),
    strategy: most,
    tickets: solos(3),
    fill: { red: "t0", blue: "t1" },
  },
  {
    name: "grows 1v1 to 3v3 with four",
    seated: seats({ red: 1, blue: 1 }),
    strategy: most,
    tickets: solos(5),
    fill: { red: "t0 t2", blue: "t1 t3" },
  },
  { name: "does not grow 1v1 with one", seated: seats({ red: 1, blue: 1 }), strategy: most, tickets: solos(1) },
  {
    name: "seeks exactly one for 3v2",
    seated: seats({ red: 3, blue: 2 }),
    strategy: most,
    tickets: solos(3),
    fill: { blue: "t0" },
  },
  {
    name: "restores equal sizes from 2v1",
    seated: seats({ red: 2, blue: 1 }),
    strategy: most,
    tickets: solos(2),
    fill: { blue: "t0" },
  },
  {
    name: "restores equal sizes from 2v1 at the maximum",
    seated: seats({ red: 2, blue: 1 }),
    strategy: most,
    tickets: solos(3),
    fill: { red: "t1", blue: "t0 t2" },
  },
  {
    name: "splits no party into 3v2",
    seated: seats({ red: 3, blue: 2 }),
    strategy: most,
    tickets: [ticket("p", { size: 2 })],
  },
  {
    name: "takes whom a party leaves room for",
    seated: seats({ red: 3, blue: 2 }),
    strategy: most,
    tickets: [ticket("p", { size: 2 }), ticket("s", { since: 1 })],
    fill: { blue: "s" },
  },
  {
    name: "finds 3v3 full",
    seated: seats({ red: 3, blue: 3 }),
    strategy: most,
    tickets: solos(2),
    isPossible: false,
    isFull: true,
  },
  {
    name: "adds one to each by CUSTOM",
    seated: seats({ red: 1, blue: 1 }),
    strategy: custom({ red: 1, blue: 1 }),
    tickets: solos(4),
    fill: { red: "t0", blue: "t1" },
  },
  {
    name: "adds two to each by CUSTOM",
    seated: seats({ red: 1, blue: 1 }),
    strategy: custom({ red: 2, blue: 2 }),
    tickets: solos(9),
    fill: { red: "t0 t2", blue: "t1 t3" },
  },
  {
    name: "passes 2v2 on the way of CUSTOM",
    seated: seats({ red: 1, blue: 1 }),
    strategy: custom({ red: 2, blue: 2 }),
    tickets: solos(2),
    fill: { red: "t0", blue: "t1" },
  },
  {
    name: "fills nobody where CUSTOM can never be legal",
    seated: seats({ red: 1, blue: 1 }),
    strategy: custom({ red: 1 }),
    tickets: solos(4),
    isPossible: false,
  },
  {
    name: "refills a leaver towards the CUSTOM goal",
    seated: seats({ red: 2, blue: 1 }),
    startedAt: { red: 1, blue: 1 },
    strategy: custom({ red: 1, blue: 1 }),
    tickets: solos(4),
    fill: { blue: "t0" },
  },
  {
    name: "stops at the CUSTOM goal",
    seated: seats({ red: 2, blue: 2 }),
    startedAt: { red: 1, blue: 1 },
    strategy: custom({ red: 1, blue: 1 }),
    tickets: solos(4),
    isPossible: false,
    isFull: true,
  },
  {
    name: "adds to one team where sizes are free",
    ruleSet: free,
    seated: seats({ red: 1, blue: 1 }),
    strategy: custom({ red: 1 }),
    tickets: solos(4),
    fill: { red: "t0" },
  },
  {
    name: "fills the emptier team first",
    ruleSet: free,
    seated: seats({ red: 2, blue: 0 }),
    strategy: most,
    tickets: solos(2),
    fill: { blue: "t0 t1" },
  },
  {
    name: "does not leave a team below its minimum",
    ruleSet: free,
    seated: seats({ red: 2 }),
    strategy: most,
    tickets: [ticket("a", { team: "red" })],
  },
  {
    name: "keeps who is above the maximum and adds to the others",
    ruleSet: free,
    seated: seats({ red: 5, blue: 2 }),
    strategy: most,
    tickets: solos(4),
    fill: { blue: "t0" },
  },
  {
    name: "respects the team that a newcomer asks for",
    ruleSet: free,
    seated: seats({ red: 3, blue: 2 }),
    strategy: most,
    tickets: [ticket("a", { team: "red" }), ticket("b", { since: 1, team: "blue" })],
    fill: { blue: "b" },
  },
  {
    name: "opens a further squad that its minimum can fill",
    ruleSet: squads,
    seated: seats({ squad_001: 3 }),
    strategy: most,
    tickets: solos(2),
    fill: { squad_002: "t0 t1" },
  },
  {
    name: "opens no squad below its minimum",
    ruleSet: squads,
    seated: seats({ squad_001: 3 }),
    strategy: most,
    tickets: solos(1),
  },
  {
    name: "fills squads before it opens one",
    ruleSet: squads,
    seated: seats({ squad_001: 2, squad_002: 2 }),
    strategy: most,
    tickets: solos(2),
    fill: { squad_001: "t0", squad_002: "t1" },
  },
  {
    name: "fills a squad whose players left",
    ruleSet: squads,
    seated: seats({ squad_001: 0, squad_002: 3, squad_003: 3 }),
    strategy: most,
    tickets: solos(3),
    fill: { squad_001: "t0 t1 t2" },
  },
  {
    name: "judges newcomers together with the seated",
    ruleSet: near,
    seated: seats({ red: 1, blue: 1 }, { skill: 100 }),
    strategy: most,
    tickets: [ticket("a", { attributes: { skill: 900 } }), ticket("b", { since: 1, attributes: { skill: 140 } })],
    fill: { red: "b" },
  },
  {
    name: "expands rules by the newcomers' age",
    ruleSet: near,
    seated: seats({ red: 1, blue: 1 }, { skill: 100 }),
    strategy: most,
    tickets: [ticket("a", { attributes: { skill: 400 } })],
    nowMs: 10_000,
    fill: { red: "a" },
  },
  {
    name: "ignores what has expanded for team sizes",
    ruleSet: near,
    seated: seats({ red: 3, blue: 3 }),
    strategy: most,
    tickets: solos(2),
    nowMs: 60_000,
    isPossible: false,
    isFull: true,
  },
  {
    name: "fills nothing where a seated team is unknown",
    ruleSet: free,
    seated: seats({ red: 1, blue: 1, green: 1 }),
    strategy: most,
    tickets: solos(2),
  },
  {
    name: "never seats a seated player again",
    ruleSet: free,
    seated: [{ name: "red", players: ticket("t0").players }, ...seats({ blue: 1 })],
    strategy: most,
    tickets: solos(2),
    fill: { red: "t1" },
  },
];
for (const row of rows) {
  const { name, ruleSet = equal, seated, strategy, tickets, nowMs = 0 } = row;
  test(`findFill() ${name}`, () => {
    const startedAt = row.startedAt ? new Map(Object.entries(row.startedAt)) : sizesOf(seated);
    const goal = fillGoalOf(ruleSet, strategy, startedAt);
    const fill = findFill(ruleSet, seated, goal, tickets, nowMs);
    const shown = fill?.additions.map(({ team, tickets: added }) => [team, added.map((one) => one.ticketId).join(" ")]);
    expect(shown && Object.fromEntries(shown)).toEqual(row.fill);
    expect(isFillPossible(ruleSet, sizesOf(seated), goal)).toBe(row.isPossible ?? true);
    expect(isFull(ruleSet, sizesOf(seated), goal)).toBe(row.isFull ?? false);
  });
}

test("findFill() leaves a legal roster that keeps to the goal, whatever the order of candidates", () => {
  const size = fc.integer({ min: 0, max: 4 });
  const pools = fc.array(
    fc.record({ size: fc.integer({ min: 1, max: 3 }), value: fc.integer({ min: 80, max: 200 }) }),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(fc.constantFrom(equal, free, near), size, size, pools, (ruleSet, red, blue, pool) => {
      const seated = seats({ red, blue }, { skill: 100 });
      const tickets = pool.map((drawn, index) =>
        ticket(`t${index}`, { size: drawn.size, attributes: { skill: drawn.value } }),
      );
      const goal = fillGoalOf(ruleSet, most, sizesOf(seated));
      const fill = findFill(ruleSet, seated, goal, tickets, 0);
      expect(findFill(ruleSet, seated, goal, tickets.toReversed(), 0)).toEqual(fill);
      if (!fill) return;
      expect(fill.tickets.length).toBeGreaterThan(0);
      expect(isFillPossible(ruleSet, sizesOf(seated), goal)).toBe(true);
      const after = seated.map((team) => ({
        ...team,
        players: [
          ...team.players,
          ...fill.additions.filter((one) => one.team === team.name).flatMap((one) => one.players),
        ],
      }));
      const isOver = (name: string) => (sizesOf(seated).get(name) ?? 0) > 3;
      expect(judge(ruleSet, after).filter((violation) => !isOver(violation.name))).toEqual([]);
      for (const team of fill.additions) {
        expect(team.players.length).toBe(team.tickets.reduce((sum, one) => sum + one.players.length, 0));
      }
    }),
    { numRuns: 150 },
  );
});
