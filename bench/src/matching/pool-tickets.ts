// The tickets that the benchmark draws from a seed: eight regions, three modes of unequal taste, skill around 1,500, and
// parties as a mix says. They are what the matcher's core holds: objects with ids, players and attributes.
import { createSeededRandom, drawId, type Random } from "@muster/kit";
import { type Search, searchOf, type Ticket, type TicketPlayer } from "@muster/matcher/testing";
import type { PlayerId, TicketId } from "@muster/proto";

/** Shares of parties of 1, 2, 3, 4 and 5. */
export const mixes = {
  mix: [0.6, 0.2, 0.1, 0.04, 0.06],
  hard: [0.25, 0.25, 0.25, 0.15, 0.1],
  solo: [1, 0, 0, 0, 0],
  threes: [0, 0, 1, 0, 0],
  fives: [0, 0, 0, 0, 1],
} as const;

export type Mix = keyof typeof mixes;

export type Drawing = {
  readonly count: number;
  readonly mix: Mix;
  readonly seed: number;
  /** Maps that a ticket asks for one of, as an attribute. Default 0: none is asked for. */
  readonly maps?: number;
  /** Regions measured by each player; most of them near. Default 0. */
  readonly latencies?: number;
};

const REGIONS = 8;
/** By how often they are wanted. */
const MODES = ["ranked", "ranked", "ranked", "casual", "casual", "duel"];
const SKILL = { mean: 1_500, deviation: 350 };
export const CONFIGURATION = "bench";
/** Half a day, the longest that there is: nobody's time ends while it is measured. */
export const TIMEOUT_MS = 43_200_000;

/** As many tickets as asked for, the same for the same drawing. All members of a party have the party's attributes. */
export function drawTickets(drawing: Drawing): readonly Ticket[] {
  const draw = createDraw(drawing);
  return Array.from({ length: drawing.count }, draw);
}

/** One ticket a call, without an end. */
export function createDraw(drawing: Omit<Drawing, "count">): () => Ticket {
  const { mix, seed, maps = 0, latencies = 0 } = drawing;
  const random = createSeededRandom(seed);
  let arrival = 0;
  return () => {
    arrival += 1;
    const attributes: Record<string, string | number> = {
      skill: Math.round(SKILL.mean + SKILL.deviation * drawNormal(random)),
      region: `region-${drawBelow(REGIONS, random)}`,
      mode: MODES[drawBelow(MODES.length, random)] ?? "",
    };
    if (maps > 0) attributes.map = `map-${drawBelow(maps, random)}`;
    const latenciesMs = latencies > 0 ? drawLatencies(latencies, random) : {};
    const players = Array.from({ length: drawSize(mixes[mix], random) }, (): TicketPlayer => {
      return { playerId: drawId("player", random) as PlayerId, attributes, latenciesMs, team: undefined };
    });
    return ticketOf(drawId("ticket", random) as TicketId, arrival, players);
  };
}

/** The tickets as searches that are in no pool yet. */
export function searchesOf(tickets: readonly Ticket[]): readonly Search[] {
  return tickets.map(searchOf);
}

function ticketOf(ticketId: TicketId, arrival: number, players: readonly TicketPlayer[]): Ticket {
  return {
    ...{ ticketId, arrival, players, configuration: CONFIGURATION, bodyDigest: "" },
    ...{ searchingSinceMs: 0, createdAtWallMs: 0, timesOutAtMs: TIMEOUT_MS, version: 1, returns: 0 },
    state: { phase: "SEARCHING", cause: undefined },
  };
}

function drawSize(shares: readonly number[], random: Random): number {
  let left = random.fraction();
  for (const [index, share] of shares.entries()) {
    if (left < share) return index + 1;
    left -= share;
  }
  return shares.findLastIndex((share) => share > 0) + 1;
}

function drawBelow(end: number, random: Random): number {
  return Math.floor(random.fraction() * end);
}

/** Standard normal, as the sum of twelve uniform numbers: at most six deviations away. */
function drawNormal(random: Random): number {
  let sum = -6;
  for (let index = 0; index < 12; index += 1) sum += random.fraction();
  return sum;
}

/** Three regions in four are near, as in wide rules that most of the world's regions suit. */
function drawLatencies(regions: number, random: Random): Readonly<Record<string, number>> {
  const near = 0.75;
  const entries = Array.from({ length: regions }, (_, region) => {
    const ms = random.fraction() < near ? 20 + drawBelow(80, random) : 120 + drawBelow(200, random);
    return [`region-${region}`, ms] as const;
  });
  return Object.fromEntries(entries);
}
