// For tests only: random rule sets and pools, and an engine with the tickets that wait in it.
import type { Attributes, PlayerId, TicketId } from "@muster/proto";
import { parseRuleSet, type RuleSet, type SeatedTeam } from "@muster/rules";
import fc from "fast-check";
import { createEngine, type EngineMatch, type Place } from "./engine.ts";
import type { PooledTicket } from "./pool.ts";

const skills = "teams[*].players.playerAttributes[skill]";
const declared = [
  { name: "skill", type: "number", default: 0 },
  { name: "mode", type: "string", default: "a" },
  { name: "maps", type: "string_list", default: ["x"] },
  { name: "ratings", type: "string_number_map", default: {} },
];
const rules = {
  near: { name: "near", type: "batchDistance", batchAttribute: "skill", maxDistance: 3 },
  span: {
    name: "span",
    type: "distance",
    measurements: [`max(flatten(${skills}))`],
    referenceValue: `min(flatten(${skills}))`,
    maxDistance: 4,
  },
  mode: {
    name: "mode",
    type: "comparison",
    measurements: ["flatten(teams[*].players.playerAttributes[mode])"],
    operation: "=",
  },
  /** Of which some tickets say nothing: they may go with anybody. */
  patch: {
    name: "patch",
    type: "comparison",
    measurements: ["flatten(teams[*].players.playerAttributes[ratings][patch])"],
    operation: "=",
  },
  maps: {
    name: "maps",
    type: "collection",
    measurements: ["flatten(teams[*].players.playerAttributes[maps])"],
    operation: "intersection",
    minCount: 1,
  },
  region: { name: "region", type: "latency", maxLatency: 50 },
  strong: { name: "strong", type: "comparison", measurements: [skills], operation: ">=", referenceValue: 1 },
  equal: { name: "equal", type: "comparison", measurements: ["count(teams[*].players)"], operation: "=" },
  average: {
    name: "average",
    type: "distance",
    measurements: [skills],
    referenceValue: `avg(flatten(${skills}))`,
    maxDistance: 2,
  },
  balance: {
    name: "balance",
    type: "distance",
    measurements: ["avg(teams[red].players.playerAttributes[skill])"],
    referenceValue: "avg(teams[blue].players.playerAttributes[skill])",
    maxDistance: 1,
  },
} as const;

const expansions = {
  near: { target: "rules[near].maxDistance", steps: [{ waitTimeSeconds: 5, value: 6 }] },
  region: { target: "rules[region].maxLatency", steps: [{ waitTimeSeconds: 5, value: 100 }] },
  strong: { target: "rules[strong].referenceValue", steps: [{ waitTimeSeconds: 5, value: 0 }] },
  minPlayers: { target: "teams[red].minPlayers", steps: [{ waitTimeSeconds: 8, value: 1 }] },
};

const teams = fc.constantFrom(
  [
    { name: "red", maxPlayers: 2, minPlayers: 2 },
    { name: "blue", maxPlayers: 2, minPlayers: 2 },
  ],
  [
    { name: "red", maxPlayers: 1, minPlayers: 1 },
    { name: "blue", maxPlayers: 1, minPlayers: 1 },
  ],
  [
    { name: "red", maxPlayers: 3, minPlayers: 2 },
    { name: "blue", maxPlayers: 3, minPlayers: 2 },
  ],
  [
    { name: "red", maxPlayers: 1, minPlayers: 1 },
    { name: "blue", maxPlayers: 4, minPlayers: 2 },
  ],
  [
    { name: "red", maxPlayers: 2, minPlayers: 2 },
    { name: "blue", maxPlayers: 3, minPlayers: 3 },
  ],
);

/** Rules that lanes, buckets and numbers pay for in full. */
export const counted = ["near", "mode", "maps", "region", "strong", "equal"] as const;
const pairs: readonly (readonly (keyof typeof rules)[])[] = [
  ["maps", "region"],
  ["near", "span"],
];

/** A rule set of some of `names`, at most one that makes lanes by what is shared. */
export function ruleSets(names: readonly (keyof typeof rules)[]) {
  return fc
    .record({
      teams,
      chosen: fc.subarray([...names]),
      expanding: fc.subarray(Object.keys(expansions)),
      age: fc.constantFrom("newest", "oldest"),
    })
    .map(({ teams: of, chosen, expanding, age }) => {
      const kept = chosen.filter(
        (name) => !pairs.some(([first, second]) => name === second && chosen.includes(first ?? name)),
      );
      const steps = expanding.filter((name) => name === "minPlayers" || kept.some((rule) => rule === name));
      return parseRuleSet({
        version: "v1.0",
        playerAttributes: declared,
        teams: of,
        rules: kept.map((name) => rules[name]),
        expansions: steps.map((name) => expansions[name as keyof typeof expansions]),
        algorithm: { expansionAgeSelection: age },
      });
    });
}

export type PlannedTicket = {
  readonly size: number;
  readonly waitedMs: number;
  readonly skills: readonly number[];
  readonly mode: string;
  readonly maps: readonly string[];
  /** Undefined: the ticket says nothing of it. */
  readonly patch: number | undefined;
  readonly latencies: Readonly<Record<string, number>>;
  readonly teams: readonly (string | undefined)[];
};

const team = fc.constantFrom(undefined, undefined, undefined, undefined, "red", "blue");
export const plannedTickets: fc.Arbitrary<PlannedTicket> = fc.record({
  size: fc.constantFrom(1, 1, 1, 2, 2, 3),
  waitedMs: fc.constantFrom(0, 1_000, 5_000, 8_000, 20_000),
  skills: fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 3, maxLength: 3 }),
  mode: fc.constantFrom("a", "b"),
  maps: fc.subarray(["x", "y", "z"], { minLength: 1 }),
  patch: fc.constantFrom(7, 7, 8, undefined),
  latencies: fc.record({ eu: fc.constantFrom(20, 50, 80, 200), us: fc.constantFrom(20, 50, 80, 200) }),
  teams: fc.tuple(team, team, team),
});

const NOW_MS = 100_000;

export function createEngineWorld(ruleSet: RuleSet) {
  const engine = createEngine(ruleSet);
  const waiting = new Map<TicketId, Place>();
  let arrivals = 0;
  let nowMs = NOW_MS;
  return {
    engine,
    waiting,
    get nowMs() {
      return nowMs;
    },
    /** Some of them as if they had come earlier: tickets that return have kept their place. */
    add(planned: readonly PlannedTicket[]): void {
      for (const one of planned) {
        arrivals += 1;
        const ticketId = `t${String(arrivals).padStart(6, "0")}` as TicketId;
        const players = Array.from({ length: one.size }, (_, index) => {
          const attributes: Attributes = {
            skill: one.skills[index] ?? 0,
            mode: one.mode,
            maps: [...one.maps],
            ratings: one.patch === undefined ? {} : { patch: one.patch },
          };
          const playerId = `${ticketId}.${index}` as PlayerId;
          return { playerId, attributes, latenciesMs: one.latencies, team: one.teams[index] };
        });
        const searchingSinceMs = nowMs - one.waitedMs;
        const ticket: PooledTicket = {
          ticketId,
          players,
          searchingSinceMs,
          arrival: searchingSinceMs * 1_000 + arrivals,
        };
        const place = { ticket, slot: -1 };
        waiting.set(ticketId, place);
        engine.add(place);
      }
    },
    /** Forms what can be formed, up to `most` matches, and takes their tickets out. */
    form(most = Number.POSITIVE_INFINITY): { readonly matches: readonly EngineMatch[]; readonly isDone: boolean } {
      const matches: EngineMatch[] = [];
      engine.begin(nowMs);
      const isDone = engine.form({
        nowMs,
        isUsable: () => true,
        take(match) {
          matches.push(match);
          return matches.length < most;
        },
      });
      for (const { seats } of matches) {
        for (const ticketId of new Set(seats.map(({ ticket }) => ticket.ticketId))) {
          const place = waiting.get(ticketId);
          if (!place) throw new Error(`M-DISJOINT: ${ticketId} is matched twice`);
          engine.remove(place);
          waiting.delete(ticketId);
        }
      }
      return { matches, isDone };
    },
    wait(ms: number): void {
      nowMs += ms;
    },
  };
}

/** The match as the judge takes it. */
export function rosterOf({ seats }: EngineMatch): readonly SeatedTeam[] {
  const names = [...new Set(seats.map((seat) => seat.team))];
  return names.map((name) => ({
    name,
    players: seats
      .filter((seat) => seat.team === name)
      .map(({ ticket, player }) => ({ ...player, ticketId: ticket.ticketId })),
  }));
}

/** The age that counts for the match. */
export function ageOf({ seats }: EngineMatch, ruleSet: RuleSet, nowMs: number): number {
  const ages = seats.map(({ ticket }) => nowMs - ticket.searchingSinceMs);
  return ruleSet.expansionAge === "oldest" ? Math.max(...ages) : Math.min(...ages);
}
