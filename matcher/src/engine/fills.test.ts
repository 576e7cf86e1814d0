// Fills by the engine against the judge and an exhaustive search: B-FIT, B-TARGET by numbers, and that nobody who fits is missed.
import type { PlayerId, TicketId } from "@muster/proto";
import { type FillStrategy, fillGoalOf, findFill, judge, parseRuleSet, type SeatedTeam } from "@muster/rules";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Engine } from "./engine.ts";
import { counted, createEngineWorld, plannedTickets, ruleSets } from "./engine-world.fixture.ts";
import type { Battle } from "./opening.ts";

const seat = fc.record({
  skill: fc.integer({ min: -4, max: 4 }),
  mode: fc.constantFrom("a", "a", "a", "b"),
  maps: fc.subarray(["x", "y", "z"], { minLength: 1 }),
});
const seats = fc.record({ red: fc.array(seat, { maxLength: 2 }), blue: fc.array(seat, { maxLength: 3 }) });
const goals = fc.constantFrom<FillStrategy>(
  { strategy: "MAX_POSSIBLE" },
  { strategy: "MAX_POSSIBLE" },
  { strategy: "CUSTOM", addPlayers: new Map([["red", 1]]) },
  { strategy: "CUSTOM", addPlayers: new Map([["blue", 1]]) },
);
const pools = fc.array(plannedTickets, { maxLength: 10 });
const REGION = "eu";

function seatedOf(planned: Record<"red" | "blue", readonly { skill: number; mode: string; maps: string[] }[]>) {
  return (["red", "blue"] as const).map(
    (name): SeatedTeam => ({
      name,
      players: planned[name].map((attributes, index) => ({ playerId: `${name}.${index}` as PlayerId, attributes })),
    }),
  );
}

/** As a newcomer is judged: by the latency in the battle's region alone. */
function inRegion(ticket: Parameters<Engine["add"]>[0]["ticket"]) {
  const players = ticket.players.map((player) => ({
    ...player,
    latenciesMs: { [REGION]: player.latenciesMs?.[REGION] ?? Number.POSITIVE_INFINITY },
  }));
  return { ...ticket, players };
}

test("a fill is legal with the seated, and there is one wherever an exhaustive search finds one", () => {
  fc.assert(
    fc.property(ruleSets(counted), seats, goals, pools, (ruleSet, planned, strategy, pool) => {
      const seated = seatedOf(planned);
      const sizes = new Map(seated.map(({ name, players }) => [name, players.length]));
      let goal: Battle["goal"];
      try {
        goal = fillGoalOf(ruleSet, strategy, sizes);
      } catch {
        return; // Such a goal is refused when it is asked for.
      }
      const world = createEngineWorld(ruleSet);
      world.add(pool);
      world.engine.begin(world.nowMs);
      const room = 10;
      const battle: Battle = { id: "b", rosterVersion: 1, terms: undefined, seated, goal, room, region: REGION };
      const found = world.engine.fill(battle);
      const tickets = [...world.waiting.values()].map(({ ticket }) => inRegion(ticket));
      const sought = findFill(ruleSet, seated, goal, tickets, world.nowMs, { left: 200_000 });
      if (found.type !== "fill") {
        expect([found.type, sought]).toEqual(["nothing", undefined]);
        return;
      }
      const ages = found.seats.map(({ ticket }) => world.nowMs - ticket.searchingSinceMs);
      const ageMs = ruleSet.expansionAge === "oldest" ? Math.max(...ages) : Math.min(...ages);
      const after = seated.map(({ name, players }) => ({
        name,
        players: [
          ...players,
          ...found.seats
            .filter(({ team }) => team === name)
            .map(({ ticket, player }) => ({
              ...player,
              ticketId: ticket.ticketId,
              latenciesMs: { [REGION]: player.latenciesMs?.[REGION] ?? 0 },
            })),
        ],
      }));
      const expandTeamSizes = goal.strategy === "CUSTOM";
      // A team above its maximum keeps its players: nobody is evicted.
      const violations = judge(ruleSet, after, { ageMs, expandTeamSizes }).filter(({ type }) => type !== "TEAM");
      expect(violations).toEqual([]);
      expect(found.seats.length).toBe(sought?.additions.flatMap(({ players }) => players).length);
    }),
    { numRuns: 800 },
  );
});

const partly = parseRuleSet({
  version: "v1.0",
  playerAttributes: [
    { name: "ratings", type: "string_number_map", default: {} },
    { name: "mode", type: "string", default: "a" },
    { name: "maps", type: "string_list", default: ["x"] },
  ],
  teams: ["red", "blue"].map((name) => ({ name, minPlayers: 1, maxPlayers: 2 })),
  rules: [
    { name: "patch", type: "comparison", measurements: [values("ratings][patch")], operation: "=" },
    { name: "mode", type: "comparison", measurements: [values("mode")], operation: "=" },
    { name: "maps", type: "collection", measurements: [values("maps")], operation: "intersection", minCount: 1 },
  ],
});
function values(attribute: string): string {
  return `flatten(teams[*].players.playerAttributes[${attribute}])`;
}
const strangers = [
  { name: "somebody like the seated", attributes: { mode: "a", maps: ["y"] }, fits: true },
  { name: "somebody of another mode", attributes: { mode: "b", maps: ["y"] }, fits: false },
  { name: "somebody who shares nothing with the seated", attributes: { mode: "a", maps: ["z"] }, fits: false },
];

for (const { name, attributes, fits } of strangers) {
  test(`a battle whose players say nothing of one demand is ${fits ? "" : "not "}filled with ${name}`, () => {
    const world = createEngineWorld(partly);
    const ticketId = "t1" as TicketId;
    const players = [{ playerId: "p1" as PlayerId, attributes: { ...attributes, ratings: { patch: 7 } } }];
    world.engine.add({ ticket: { ticketId, players, searchingSinceMs: 0, arrival: 1 }, slot: -1 });
    world.engine.begin(world.nowMs);
    const seated = ["red", "blue"].map((team) => ({
      name: team,
      players: [{ playerId: team as PlayerId, attributes: { mode: "a", maps: ["x", "y"] } }],
    }));
    const goal = { strategy: "MAX_POSSIBLE" } as const;
    const found = world.engine.fill({
      ...{ id: "b", rosterVersion: 1, terms: undefined, seated, goal, room: 2, region: REGION },
    });
    expect(found.type).toBe(fits ? "fill" : "nothing");
  });
}

test("an arrival wakes the battles that it may fit, and no battle in another lane", () => {
  const base = {
    rosterVersion: 1,
    terms: undefined,
    goal: { strategy: "MAX_POSSIBLE" } as const,
    room: 3,
    region: REGION,
  };
  fc.assert(
    fc.property(
      ruleSets(["near", "mode", "patch"]),
      seats,
      seats,
      plannedTickets,
      (ruleSet, first, second, planned) => {
        const world = createEngineWorld(ruleSet);
        for (const [id, of] of [
          ["one", first],
          ["two", second],
        ] as const) {
          world.engine.fill({ ...base, id, seated: seatedOf(of) });
        }
        world.add([planned]);
        world.engine.begin(world.nowMs);
        const woken = world.engine.takeWoken();
        for (const [id, of] of [
          ["one", first],
          ["two", second],
        ] as const) {
          const isFilled = world.engine.fill({ ...base, id, seated: seatedOf(of) }).type === "fill";
          if (isFilled) expect(woken).toContain(id);
        }
      },
    ),
    { numRuns: 400 },
  );
});
