// Balanced teams, numbers that reach no index, and averages that are rounded.
import type { PlayerId, TicketId } from "@muster/proto";
import { parseRuleSet } from "@muster/rules";
import { expect, test } from "vitest";
import { createEngine, type EngineMatch } from "./engine.ts";
import { BARRED } from "./pool.ts";

const duel = (count: number, more: object = {}) =>
  parseRuleSet({
    version: "v1.0",
    playerAttributes: [{ name: "skill", type: "number" }],
    teams: [
      { name: "red", minPlayers: count, maxPlayers: count },
      { name: "blue", minPlayers: count, maxPlayers: count },
    ],
    ...more,
  });

const ticketOf = (arrival: number, skill: number) => ({
  ticketId: `t${arrival}` as TicketId,
  players: [{ playerId: `p${arrival}` as PlayerId, attributes: { skill } }],
  searchingSinceMs: 0,
  arrival,
});

function formAll(ruleSet: ReturnType<typeof duel>, skills: readonly number[]): readonly EngineMatch[] {
  const engine = createEngine(ruleSet);
  for (const [index, skill] of skills.entries()) engine.add({ ticket: ticketOf(index, skill), slot: -1 });
  const matches: EngineMatch[] = [];
  engine.begin(0);
  engine.form({ nowMs: 0, isUsable: () => true, take: (match) => matches.push(match) > 0 });
  return matches;
}

test("balanced teams come as near in their averages as changing places makes them", () => {
  const algorithm = { strategy: "balanced", balancedAttribute: "skill" };
  const [match] = formAll(duel(2, { algorithm }), [10, 10, 0, 0]);
  const sums = ["red", "blue"].map((team) =>
    (match?.seats ?? []).reduce(
      (sum, seat) => sum + (seat.team === team ? Number(seat.player.attributes.skill) : 0),
      0,
    ),
  );
  expect(sums).toEqual([10, 10]);
});

test("M-FINITE: 0 and −0 are one value, and what is no finite number reaches no index", () => {
  const near = { rules: [{ name: "near", type: "batchDistance", batchAttribute: "skill", maxDistance: 0 }] };
  const same = {
    rules: [
      {
        ...{ name: "same", type: "comparison", operation: "=" },
        measurements: ["flatten(teams[*].players.playerAttributes[skill])"],
      },
    ],
  };
  for (const rule of [near, same]) {
    expect(formAll(duel(1, rule), [0, -0])).toHaveLength(1);
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(formAll(duel(1, rule), [odd, odd, 0])).toEqual([]);
      const engine = createEngine(duel(1, rule));
      const place = { ticket: ticketOf(0, odd), slot: -1 };
      engine.add(place);
      expect(engine.pool.stateOf(place.slot)).toBe(BARRED);
    }
  }
});

test("M-RULES: who lies near enough by numbers and misses a rounded average by a hair is in no match", () => {
  const skills = "teams[*].players.playerAttributes[skill]";
  const rule = { name: "average", type: "distance", measurements: [skills], referenceValue: `avg(flatten(${skills}))` };
  const trio = (maxDistance: number) =>
    parseRuleSet({
      version: "v1.0",
      playerAttributes: [{ name: "skill", type: "number" }],
      teams: [{ name: "all", minPlayers: 3, maxPlayers: 3 }],
      rules: [{ ...rule, maxDistance }],
    });
  expect((0.1 + 0.1 + 0.1) / 3).not.toBe(0.1);
  expect(formAll(trio(0), [0.1, 0.1, 0.1])).toEqual([]);
  expect(formAll(trio(0.001), [0.1, 0.1, 0.1])).toHaveLength(1);
});
