// What is expected of a ticket after others were matched: by likeness, by how long it has waited, and by how lately they came.
import type { PlayerId, TicketId } from "@muster/proto";
import { parseRuleSet, type QuerySettings } from "@muster/rules";
import { expect, test } from "vitest";
import type { Ticket } from "../ticket.ts";
import { DecayedWaits } from "./decayed-waits.ts";
import { createWaitEstimates } from "./wait-estimates.ts";

const ruleSet = parseRuleSet({
  version: "v1.0",
  playerAttributes: [{ name: "mode", type: "string", default: "a" }],
  teams: ["red", "blue"].map((name) => ({ name, minPlayers: 3, maxPlayers: 3 })),
  rules: [
    {
      ...{ name: "mode", type: "comparison", operation: "=" },
      measurements: ["flatten(teams[*].players.playerAttributes[mode])"],
    },
  ],
});
const ticket = (mode: string, size: number, searchingSinceMs: number): Ticket => ({
  ...{ ticketId: "t" as TicketId, configuration: "c", bodyDigest: "", arrival: 1, searchingSinceMs },
  ...{ createdAtWallMs: 0, timesOutAtMs: 1e9, version: 1, returns: 0, state: { phase: "SEARCHING", cause: undefined } },
  players: Array.from({ length: size }, (_, index) => ({
    ...{ playerId: `p${index}` as PlayerId, attributes: { mode }, latenciesMs: {}, team: undefined },
  })),
});

type Wait = { readonly mode: string; readonly size: number; readonly seconds: number; readonly times: number };
const minute = 60_000;

const rows: readonly {
  readonly name: string;
  readonly waits: readonly Wait[];
  readonly asking: {
    readonly mode: string;
    readonly size: number;
    readonly waitedMs?: number;
    readonly afterMs?: number;
  };
  readonly seconds: readonly [number, number] | undefined;
}[] = [
  { name: "nothing of a pool that matched nobody", waits: [], asking: { mode: "a", size: 1 }, seconds: undefined },
  {
    name: "nothing by four matches",
    waits: [{ mode: "a", size: 1, seconds: 8, times: 4 }],
    asking: { mode: "a", size: 1 },
    seconds: undefined,
  },
  {
    name: "what others like it waited",
    waits: [
      { mode: "a", size: 1, seconds: 8, times: 20 },
      { mode: "b", size: 1, seconds: 40, times: 20 },
      { mode: "a", size: 2, seconds: 90, times: 20 },
    ],
    asking: { mode: "a", size: 1 },
    seconds: [7, 9.5],
  },
  {
    name: "what others of its mode waited, if parties of its size are rare",
    waits: [
      { mode: "a", size: 1, seconds: 8, times: 20 },
      { mode: "a", size: 3, seconds: 50, times: 2 },
      { mode: "b", size: 3, seconds: 200, times: 20 },
    ],
    asking: { mode: "a", size: 3 },
    seconds: [7, 9.5],
  },
  {
    name: "what parties of its size waited, if its mode is rare",
    waits: [
      { mode: "a", size: 1, seconds: 8, times: 20 },
      { mode: "a", size: 2, seconds: 90, times: 20 },
    ],
    asking: { mode: "c", size: 2 },
    seconds: [80, 105],
  },
  {
    name: "of who has waited for long only those who waited longer",
    waits: [
      { mode: "a", size: 1, seconds: 8, times: 100 },
      { mode: "a", size: 1, seconds: 40, times: 20 },
    ],
    asking: { mode: "a", size: 1, waitedMs: 20_000 },
    seconds: [35, 46],
  },
  {
    name: "nothing of who has waited longer than anybody",
    waits: [{ mode: "a", size: 1, seconds: 8, times: 100 }],
    asking: { mode: "a", size: 1, waitedMs: minute },
    seconds: undefined,
  },
  {
    name: "nothing by what was an hour ago",
    waits: [{ mode: "a", size: 1, seconds: 8, times: 100 }],
    asking: { mode: "a", size: 1, afterMs: 60 * minute },
    seconds: undefined,
  },
];

for (const { name, waits, asking, seconds } of rows) {
  test(`estimateMs() tells ${name}`, () => {
    const estimates = createWaitEstimates();
    let nowMs = 10 * minute;
    for (const wait of waits) {
      for (let time = 0; time < wait.times; time += 1) {
        nowMs += 100;
        estimates.matched(ticket(wait.mode, wait.size, nowMs - wait.seconds * 1_000), ruleSet, nowMs);
      }
    }
    nowMs += asking.afterMs ?? 0;
    const estimate = estimates.estimateMs(
      ticket(asking.mode, asking.size, nowMs - (asking.waitedMs ?? 0)),
      ruleSet,
      nowMs,
    );
    if (!seconds) return expect(estimate).toBeUndefined();
    expect(estimate).toBeGreaterThan(seconds[0] * 1_000);
    expect(estimate).toBeLessThan(seconds[1] * 1_000);
  });
}

test("a median follows when waits change, at once in a busy pool and within minutes in a quiet one", () => {
  for (const gapMs of [10, 10_000]) {
    const waits = new DecayedWaits();
    let nowMs = 0;
    for (const [waitMs, times] of [
      [5_000, 400],
      [30_000, 400],
    ] as const) {
      for (let time = 0; time < times; time += 1) {
        nowMs += gapMs;
        waits.add(waitMs, nowMs);
      }
    }
    expect(waits.medianBeyond(0, nowMs)).toBeGreaterThan(25_000);
  }
});

test("a median outlives weeks of waits, and days without any", () => {
  const waits = new DecayedWaits();
  let nowMs = 0;
  for (let time = 0; time < 100_000; time += 1) {
    nowMs += time % 1_000 === 0 ? 500 * minute : 20_000;
    waits.add(5_000, nowMs);
  }
  expect(waits.medianBeyond(0, nowMs)).toBeGreaterThan(4_000);
  for (let time = 0; time < 6; time += 1) waits.add(30_000, nowMs + 10_000_000 * minute);
  expect(waits.medianBeyond(0, nowMs + 10_000_000 * minute)).toBeGreaterThan(25_000);
});

const settings: QuerySettings = {
  ...{ mode: "best", intervalMs: 15_000, maxIntervals: 2, reversePrecision: false, reverseThreshold: 1 },
  ...{ maxTicketsPerPlayer: 3, onMatched: "cancelOthers" },
};
const p = "properties.";
const asking = (query: string, maxCount: number, searchingSinceMs: number): Ticket => ({
  ...ticket("a", 1, searchingSinceMs),
  query: { query, minCount: 2, maxCount, countMultiple: 1, stringProperties: {}, numericProperties: {} },
});

const queryRows: readonly (readonly [name: string, query: string, maxCount: number, seconds: number])[] = [
  ["the same words and sizes, whatever the numbers", `+${p}rank:>=12 +${p}mode:ranked +${p}region:eu`, 4, 8],
  ["the same words, where the sizes are rare", `+${p}region:eu +${p}mode:ranked`, 9, 8],
  ["other words", `+${p}region:us`, 4, 40],
  ["the same sizes, where the words are new", `+${p}region:asia`, 2, 90],
  ["what others who ask for no word waited", "*", 7, 90],
  ["the same where it cannot be read", "(", 7, 90],
];

for (const [name, query, maxCount, seconds] of queryRows) {
  test(`estimateMs() of a query tells ${name}`, () => {
    const estimates = createWaitEstimates();
    let nowMs = 10 * minute;
    const wait = (of: string, most: number, waited: number) => {
      for (let time = 0; time < 20; time += 1) {
        nowMs += 100;
        estimates.matched(asking(of, most, nowMs - waited * 1_000), settings, nowMs);
      }
    };
    for (const rank of [3, 7]) wait(`+${p}region:eu +${p}mode:ranked +${p}rank:>=${rank}`, 4, 8);
    for (const rank of [3, 7]) wait(`+${p}region:us +${p}rank:>=${rank}`, 4, 40);
    wait("*", 2, 90);
    wait(`+${p}region:us`, 3, 40);
    const estimate = estimates.estimateMs(asking(query, maxCount, nowMs), settings, nowMs);
    expect((estimate ?? 0) / 1_000).toBeGreaterThan(seconds * 0.8);
    expect((estimate ?? 0) / 1_000).toBeLessThan(seconds * 1.2);
  });
}
