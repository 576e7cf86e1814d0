import fc from "fast-check";
import { expect, test } from "vitest";
import { type FormedMatch, formMatch } from "./form-match.ts";
import { judge } from "./judge.ts";
import { parseRuleSet } from "./language/parse-rule-set.ts";
import type { JudgedTicket } from "./roster.ts";
import type { RuleSet } from "./rule-set.ts";
import { teamShapes } from "./team-shapes.ts";
import { equalSize, player, redBlue, skill, ticket } from "./tickets.fixture.ts";

const fair = {
  name: "fair",
  type: "distanceRule",
  measurements: ["teams[*].players.playerAttributes[skill]"],
  referenceValue: "avg(flatten(teams[*].players.playerAttributes[skill]))",
  maxDistance: 50,
};
const skilled = (id: string, value: number, since = 0) => ticket(id, { since, attributes: { skill: value } });
const measured = (id: string, latenciesMs: Readonly<Record<string, number>>, since = 0): JudgedTicket => {
  const one = ticket(id, { since });
  return { ...one, players: one.players.map((member) => ({ ...member, latenciesMs })) };
};
const widenSize = { target: "teams[*].minPlayers", steps: [{ waitTimeSeconds: 10, value: 1 }] };
const widenSkill = { target: "rules[fair].maxDistance", steps: [{ waitTimeSeconds: 10, value: 500 }] };
const squads = (min: number, max: number, more = {}) => ({
  version: "v1.0",
  teams: [{ name: "squad", minPlayers: 1, maxPlayers: 3, minQuantity: min, maxQuantity: max }],
  ...more,
});

/** `red: a b | blue: c`, tickets by id. */
function show(match: FormedMatch | undefined): string | undefined {
  return match?.teams.map((team) => `${team.name}: ${team.tickets.map((one) => one.ticketId).join(" ")}`).join(" | ");
}

const rows: readonly {
  name: string;
  document: unknown;
  tickets: readonly JudgedTicket[];
  nowMs?: number;
  match?: string;
}[] = [
  { name: "has no match in an empty pool", document: redBlue(1, 3), tickets: [] },
  { name: "waits for the minimum", document: redBlue(1, 3), tickets: [ticket("a")] },
  {
    name: "fills to the maximum, oldest first",
    document: redBlue(1, 2),
    tickets: [
      ticket("e", { since: 5 }),
      ticket("d", { since: 4 }),
      ticket("c", { since: 3 }),
      ticket("b", { since: 2 }),
      ticket("a", { since: 1 }),
    ],
    match: "red: a c | blue: b d",
  },
  {
    name: "breaks a tie of age by id",
    document: redBlue(1, 1),
    tickets: [ticket("c"), ticket("b"), ticket("a")],
    match: "red: a | blue: b",
  },
  {
    name: "compromises towards the minimum, evenly",
    document: redBlue(1, 3),
    tickets: [ticket("a"), ticket("b"), ticket("c"), ticket("d")],
    match: "red: a c | blue: b d",
  },
  {
    name: "leaves one out for equal sizes",
    document: redBlue(1, 3, { rules: [equalSize] }),
    tickets: [ticket("a"), ticket("b"), ticket("c")],
    match: "red: a | blue: b",
  },
  {
    name: "keeps parties whole",
    document: redBlue(1, 3, { rules: [equalSize] }),
    tickets: [ticket("a", { size: 2 }), ticket("b", { size: 3, since: 1 }), ticket("c", { since: 2 })],
    match: "red: a c | blue: b",
  },
  {
    name: "passes over a party larger than any team",
    document: redBlue(1, 2),
    tickets: [ticket("a", { size: 3 }), ticket("b"), ticket("c")],
    match: "red: b | blue: c",
  },
  {
    name: "respects the team that a ticket asks for",
    document: redBlue(1, 1),
    tickets: [ticket("a", { team: "blue" }), ticket("b", { since: 1, team: "blue" }), ticket("c", { since: 2 })],
    match: "red: c | blue: a",
  },
  {
    name: "splits a party whose players ask for different teams",
    document: redBlue(1, 2),
    tickets: [
      { ...ticket("a"), players: [player("p", {}, "blue"), player("q", {}, "red"), player("r")] },
      ticket("b", { since: 1 }),
    ],
    match: "red: a b | blue: a",
  },
  {
    name: "never seats a ticket that asks for no team of the rule set",
    document: redBlue(1, 1),
    tickets: [ticket("a", { team: "green" }), ticket("b")],
  },
  {
    name: "never seats one player twice",
    document: redBlue(1, 1),
    tickets: [ticket("a"), { ...ticket("b"), players: ticket("a").players }],
  },
  {
    name: "takes the next anchor when the oldest has nobody",
    document: redBlue(1, 1, { playerAttributes: [skill], rules: [fair] }),
    tickets: [skilled("a", 100), skilled("b", 900, 1), skilled("c", 940, 2)],
    match: "red: b | blue: c",
  },
  {
    name: "prefers the largest match over the oldest partners",
    document: redBlue(1, 2, { playerAttributes: [skill], rules: [fair, equalSize] }),
    tickets: [
      skilled("a", 500),
      skilled("b", 410, 1),
      skilled("c", 520, 2),
      skilled("d", 530, 3),
      skilled("e", 540, 4),
    ],
    match: "red: a d | blue: c e",
  },
  {
    name: "searches with a default where a player has none",
    document: redBlue(1, 1, { playerAttributes: [skill], rules: [fair] }),
    tickets: [skilled("a", 100), skilled("b", 990, 1), ticket("c", { since: 2 })],
    match: "red: b | blue: c",
  },
  {
    name: "passes over players without a required attribute",
    document: redBlue(1, 1, { playerAttributes: [{ name: "skill", type: "number" }], rules: [fair] }),
    tickets: [ticket("a"), skilled("b", 990, 1), skilled("c", 990, 2)],
    match: "red: b | blue: c",
  },
  {
    name: "opens as few squads as hold everybody",
    document: squads(1, 3),
    tickets: [ticket("a"), ticket("b"), ticket("c"), ticket("d")],
    match: "squad_001: a c | squad_002: b d",
  },
  {
    name: "opens all squads that it can fill",
    document: squads(1, 3),
    tickets: [ticket("a", { size: 3 }), ticket("b", { size: 3 }), ticket("c", { size: 3 }), ticket("d", { size: 3 })],
    match: "squad_001: a | squad_002: b | squad_003: c",
  },
  {
    name: "opens the least number of squads in any case",
    document: squads(3, 3),
    tickets: [ticket("a"), ticket("b"), ticket("c")],
    match: "squad_001: a | squad_002: b | squad_003: c",
  },
  {
    name: "seats a ticket in the instance that it names, or any of the template",
    document: squads(2, 2),
    tickets: [ticket("a", { team: "squad_002" }), ticket("b", { team: "squad" })],
    match: "squad_001: b | squad_002: a",
  },
  {
    name: "keeps roles apart within a team, whoever is oldest",
    document: redBlue(2, 2, {
      playerAttributes: [{ name: "role", type: "string" }],
      rules: ["red", "blue"].map((team) => ({
        name: team,
        type: "comparison",
        measurements: [`teams[${team}].players.playerAttributes[role]`],
        operation: "!=",
      })),
    }),
    tickets: ["tank", "tank", "tank", "healer", "healer"].map((role, index) =>
      ticket(`t${index}`, { attributes: { role } }),
    ),
    match: "red: t0 t3 | blue: t1 t4",
  },
  {
    name: "waits for an expansion of sizes",
    document: redBlue(2, 2, { expansions: [widenSize] }),
    tickets: [ticket("a"), ticket("b", { since: 5_000 })],
    nowMs: 14_999,
  },
  {
    name: "goes by the newest ticket's age",
    document: redBlue(2, 2, { expansions: [widenSize] }),
    tickets: [ticket("a"), ticket("b", { since: 5_000 })],
    nowMs: 15_000,
    match: "red: a | blue: b",
  },
  {
    name: "goes by the oldest ticket's age where the rule set says so",
    document: redBlue(2, 2, { expansions: [widenSize], algorithm: { expansionAgeSelection: "oldest" } }),
    tickets: [ticket("a"), ticket("b", { since: 5_000 })],
    nowMs: 10_000,
    match: "red: a | blue: b",
  },
  {
    name: "leaves young tickets out of an expanded match",
    document: redBlue(1, 1, { playerAttributes: [skill], rules: [fair], expansions: [widenSkill] }),
    tickets: [skilled("a", 100), skilled("b", 600, 9_000), skilled("c", 700, 2_000)],
    nowMs: 12_000,
    match: "red: a | blue: c",
  },
  {
    name: "matches in a region that suits both, whoever is older",
    document: redBlue(1, 1, { rules: [{ name: "near", type: "latencyRule", maxLatency: 60 }] }),
    tickets: [measured("a", { eu: 20 }), measured("b", { us: 20 }, 1), measured("c", { us: 40, eu: 60 }, 2)],
    match: "red: a | blue: c",
  },
  {
    name: "tries first whom a sort puts first",
    document: redBlue(1, 1, {
      playerAttributes: [skill],
      rules: [{ name: "close", type: "distanceSort", sortAttribute: "skill", sortDirection: "ascending" }],
    }),
    tickets: [skilled("a", 100), skilled("b", 900, 1), skilled("c", 150, 2)],
    match: "red: a | blue: c",
  },
  {
    name: "tries first who is near where batches are sorted",
    document: redBlue(1, 1, {
      playerAttributes: [skill],
      algorithm: { batchingPreference: "sorted", sortByAttributes: ["skill"] },
    }),
    tickets: [skilled("a", 100), skilled("b", 900, 1), skilled("c", 150, 2)],
    match: "red: a | blue: c",
  },
  {
    name: "asks for no distance from the average of a team that stays empty",
    document: redBlue(0, 2, {
      playerAttributes: [skill],
      rules: [{ ...fair, referenceValue: "avg(teams[blue].players.playerAttributes[skill])" }],
    }),
    tickets: [skilled("a", 100), skilled("b", 900, 1)],
    match: "red: a b | blue: ",
  },
  {
    name: "counts the maps that all list by who is there, not by how many",
    document: redBlue(1, 1, {
      playerAttributes: [{ name: "maps", type: "string_list", default: [] }],
      rules: [
        {
          name: "maps",
          type: "comparison",
          measurements: ["count(set_intersection(flatten(teams[*].players.playerAttributes[maps])))"],
          operation: ">=",
          referenceValue: 1,
        },
      ],
    }),
    tickets: [
      ticket("a", { attributes: { maps: ["x", "y"] } }),
      ticket("b", { since: 1, attributes: { maps: ["z"] } }),
      ticket("c", { since: 2, attributes: { maps: ["y"] } }),
    ],
    match: "red: a | blue: c",
  },
  {
    name: "counts the values of those who are there",
    document: redBlue(1, 1, {
      playerAttributes: [{ name: "rank", type: "number" }],
      rules: [
        {
          name: "two",
          type: "comparison",
          measurements: ["count(flatten(teams[*].players.playerAttributes[rank]))"],
          operation: "=",
          referenceValue: 2,
        },
      ],
    }),
    tickets: [ticket("a", { attributes: { rank: 1 } }), ticket("b", { since: 1, attributes: { rank: 1 } })],
    match: "red: a | blue: b",
  },
  {
    name: "makes teams alike where a search is balanced",
    document: redBlue(2, 2, {
      playerAttributes: [skill],
      algorithm: { strategy: "balanced", balancedAttribute: "skill" },
    }),
    tickets: [skilled("a", 100), skilled("b", 900, 1), skilled("c", 300, 2), skilled("d", 1100, 3)],
    match: "red: b c | blue: a d",
  },
  {
    name: "takes the closer match where both are as large",
    document: redBlue(1, 1, { playerAttributes: [skill], rules: [fair], expansions: [widenSkill] }),
    tickets: [skilled("a", 100), skilled("b", 600), skilled("c", 110, 2_000)],
    nowMs: 12_000,
    match: "red: a | blue: c",
  },
];
for (const { name, document, tickets, nowMs = 0, match } of rows) {
  test(`formMatch() ${name}`, () => {
    expect(show(formMatch(parseRuleSet(document), tickets, nowMs))).toBe(match);
  });
}

const ruleSets = [
  redBlue(1, 3),
  redBlue(1, 2, { rules: [equalSize] }),
  redBlue(2, 3, { playerAttributes: [skill], rules: [fair, equalSize], expansions: [widenSkill, widenSize] }),
  redBlue(1, 2, {
    playerAttributes: [skill],
    rules: [{ ...fair, measurements: ["avg(teams[*].players.playerAttributes[skill])"], maxDistance: 20 }],
    expansions: [{ target: "rules[fair].maxDistance", steps: [{ waitTimeSeconds: 10, value: 5 }] }],
    algorithm: { expansionAgeSelection: "oldest" },
  }),
  squads(2, 3, { rules: [equalSize] }),
  {
    version: "v1.0",
    playerAttributes: [skill],
    teams: [
      { name: "red", minPlayers: 1, maxPlayers: 1 },
      { name: "squad", minPlayers: 0, maxPlayers: 2, minQuantity: 1, maxQuantity: 2 },
    ],
    rules: [
      {
        ...fair,
        type: "comparison",
        operation: "<=",
        measurements: ["teams[red].players.playerAttributes[skill]"],
        referenceValue: "max(flatten(teams[squad].players.playerAttributes[skill]))",
        maxDistance: undefined,
      },
    ],
  },
].map((document) => parseRuleSet(document));

const pools = fc
  .array(
    fc.record({
      size: fc.integer({ min: 1, max: 3 }),
      since: fc.constantFrom(0, 4_000, 9_000),
      value: fc.integer({ min: 0, max: 12 }).map((step) => step * 10),
      team: fc.option(fc.constantFrom("red", "blue", "squad"), { nil: undefined, freq: 8 }),
    }),
    { maxLength: 7 },
  )
  .map((drawn) =>
    drawn.map(({ size, since, value, team }, index) => ({
      ...ticket(`t${index}`, { size, since, attributes: { skill: value } }),
      players: Array.from({ length: size }, (_, seat) =>
        player(`t${index}.${seat}`, { skill: value + seat * 10 }, team),
      ),
    })),
  );
const NOW_MS = 12_000;

for (const [index, ruleSet] of ruleSets.entries()) {
  test(`formMatch() forms legal matches, and one wherever naive search does (rule set ${index})`, () => {
    fc.assert(
      fc.property(pools, fc.infiniteStream(fc.nat()), (pool, chance) => {
        const match = formMatch(ruleSet, pool, NOW_MS);
        const shuffled = pool.map((one) => ({ one, key: chance.next().value })).toSorted((a, b) => a.key - b.key);
        const tickets = shuffled.map(({ one }) => one);
        expect(formMatch(ruleSet, tickets, NOW_MS)).toEqual(match);
        const naive = searchNaively(ruleSet, pool);
        expect(match?.teams.reduce((sum, team) => sum + team.players.length, 0)).toBe(naive?.players);
        if (!match) return;
        expect(match.tickets).toContain(naive?.anchor);
        assertWhole(match, pool);
        expect(
          judge(ruleSet, match.teams, {
            ageMs: ageOf(
              ruleSet,
              pool.filter((one) => match.tickets.includes(one.ticketId)),
            ),
          }),
        ).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
}

test("formMatch() counts the regions that suit at the age that all have reached", () => {
  const rules = [{ name: "near", type: "latency", maxLatency: 100 }];
  const expansions = [{ target: "rules[near].maxLatency", steps: [{ waitTimeSeconds: 10, value: 200 }] }];
  const ruleSet = parseRuleSet(redBlue(1, 1, { rules, expansions }));
  const tickets = [measured("a", { eu: 80, us: 150 }), measured("b", { eu: 150, us: 80 })];
  expect(formMatch(ruleSet, tickets, 9_999)).toBeUndefined();
  expect(formMatch(ruleSet, tickets, 10_000)?.regions).toEqual(["eu", "us"]);
});

test("formMatch() packs parties into few full squads out of a larger pool", () => {
  const ruleSet = parseRuleSet(squads(2, 20));
  const sizes = [1, 2, 3, 1, 1, 2, 3, 1, 2, 1, 1, 3, 2, 1, 1, 2, 1, 1];
  const match = formMatch(
    ruleSet,
    sizes.map((size, index) => ticket(`t${index}`, { size, since: index })),
    0,
  );
  expect(match?.teams.map((team) => team.players.length)).toEqual(
    Array.from({ length: 10 }, (_, i) => (i < 9 ? 3 : 2)),
  );
  expect(match?.tickets).toHaveLength(sizes.length);
});

test("formMatch() finds equal sizes among many teams of wide ranges", () => {
  const teams = [{ name: "squad", minPlayers: 1, maxPlayers: 50, minQuantity: 2, maxQuantity: 20 }];
  const ruleSet = parseRuleSet({ version: "v1.0", teams, rules: [equalSize] });
  const pool = Array.from({ length: 21 }, (_, index) => ticket(`t${index}`, { since: index }));
  expect(formMatch(ruleSet, pool, 0)?.teams.map((team) => team.players.length)).toEqual([7, 7, 7]);
});

test("formMatch() gives up on a rule that nobody fulfils, and finds those who fulfil one behind hundreds who do not", () => {
  const never = {
    name: "never",
    type: "comparison",
    measurements: ["count(flatten(teams[*].players))"],
    operation: "<",
    referenceValue: 0,
  };
  const apart = Array.from({ length: 300 }, (_, index) => skilled(`t${index}`, index * 200, index));
  expect(formMatch(parseRuleSet(redBlue(1, 3, { rules: [never] })), apart, 0)).toBeUndefined();
  const pair = [skilled("x", 30_050, 500), skilled("y", 30_060, 501)];
  const match = formMatch(
    parseRuleSet(redBlue(1, 3, { playerAttributes: [skill], rules: [fair] })),
    [...apart, ...pair],
    0,
  );
  expect(show(match)).toBe("red: t150 x | blue: y");
});

/** Each ticket once, with all its players, in one team. */
function assertWhole(match: FormedMatch, pool: readonly JudgedTicket[]): void {
  const seated = match.teams.flatMap((team) => team.tickets);
  expect(seated.map((one) => one.ticketId).toSorted()).toEqual([...match.tickets].toSorted());
  expect(new Set(match.tickets).size).toBe(match.tickets.length);
  for (const team of match.teams) {
    const ids = team.tickets.flatMap((one) => one.players.map((member) => member.playerId));
    expect(team.players.map((member) => member.playerId)).toEqual(ids);
    for (const one of team.tickets) {
      expect(pool).toContain(one);
      for (const { team: asked } of one.players) if (asked) expect([team.name, team.template]).toContain(asked);
    }
  }
}

function ageOf(ruleSet: RuleSet, tickets: readonly JudgedTicket[]): number {
  const ages = tickets.map((one) => NOW_MS - one.searchingSinceMs);
  return ruleSet.expansionAge === "newest" ? Math.min(...ages) : Math.max(...ages);
}

/** Every ticket into every team or none: the oldest ticket that is in any legal match, and the most players with it. */
function searchNaively(ruleSet: RuleSet, pool: readonly JudgedTicket[]) {
  const teams = teamShapes(ruleSet).map((shape) => ({ shape, tickets: [] as JudgedTicket[] }));
  const byAge = pool.toSorted(
    (one, other) => one.searchingSinceMs - other.searchingSinceMs || (one.ticketId < other.ticketId ? -1 : 1),
  );
  let best: { rank: number; players: number } | undefined;
  const place = (index: number): void => {
    const next = byAge[index];
    if (next) {
      const asked = next.players[0]?.team;
      for (const team of teams) {
        const size = team.tickets.reduce((sum, one) => sum + one.players.length, next.players.length);
        if (size > team.shape.maxPlayers || (asked && asked !== team.shape.name && asked !== team.shape.template))
          continue;
        team.tickets.push(next);
        place(index + 1);
        team.tickets.pop();
      }
      place(index + 1);
      return;
    }
    const chosen = teams.flatMap((team) => team.tickets);
    const players = chosen.reduce((sum, one) => sum + one.players.length, 0);
    const rank = byAge.findIndex((one) => chosen.includes(one));
    if (rank < 0 || (best && (rank > best.rank || (rank === best.rank && players <= best.players)))) return;
    const seated = teams.map(({ shape, tickets }) => ({
      name: shape.name,
      players: tickets.flatMap((one) => one.players),
    }));
    if (judge(ruleSet, seated, { ageMs: ageOf(ruleSet, chosen) }).length === 0) best = { rank, players };
  };
  place(0);
  return best && { anchor: byAge[best.rank]?.ticketId, players: best.players };
}
