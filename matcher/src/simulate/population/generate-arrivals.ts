// A population's players as the events of a ticket file: who comes when, with what, and who gives up. Pure: the same
// population and chance give the same events.
import type { Random } from "@muster/kit";
import { type Attributes, limits } from "@muster/proto";
import { drawPartyAttribute } from "./attribute-draw.ts";
import { type Population, rateSpans } from "./population.ts";
import { drawKey, drawWeighted } from "./weights.ts";

/** `at` in seconds from the start of the run, to the millisecond. As JSON it is a line of a ticket file (docs/simulate.md). */
export type ArrivalEvent =
  | {
      readonly at: number;
      readonly op: "start";
      readonly ticketId: string;
      readonly players: readonly ArrivingPlayer[];
    }
  | { readonly at: number; readonly op: "cancel"; readonly ticketId: string };

export type ArrivingPlayer = {
  readonly playerId: string;
  readonly team?: string;
  readonly attributes: Attributes;
  /** Round trips in ms by region. */
  readonly latencies?: Readonly<Record<string, number>>;
  /** How long the player stays in a battle, from being seated on. */
  readonly staySeconds?: number;
};

/** The events in the order of their times; tickets are `t1`, `t2` …, players `p1`, `p2` …, as they come. */
export function generateArrivals(population: Population, random: Random): readonly ArrivalEvent[] {
  const events: ArrivalEvent[] = [];
  let tickets = 0;
  let players = 0;
  for (const second of arrivalSeconds(population, random)) {
    tickets += 1;
    const ticketId = `t${tickets}`;
    const drawn = drawParty(population, random).map((player, index) => ({
      playerId: `p${players + index + 1}`,
      ...player,
    }));
    players += drawn.length;
    events.push({ at: toMilliseconds(second), op: "start", ticketId, players: drawn });
    const patience = drawPatience(population, random);
    if (patience !== undefined) events.push({ at: toMilliseconds(second + patience), op: "cancel", ticketId });
  }
  // Stable: a ticket that gives up within the millisecond has come before.
  return events.toSorted((one, other) => one.at - other.at);
}

/** Times of a Poisson process whose rate changes from span to span. */
function arrivalSeconds(population: Population, random: Random): readonly number[] {
  const seconds: number[] = [];
  for (const { fromSecond, toSecond, ticketsPerSecond } of rateSpans(population)) {
    if (ticketsPerSecond === 0) continue;
    // A span begins anew: how long nobody came before tells nothing about who comes next.
    let second = fromSecond + drawExponential(1 / ticketsPerSecond, random);
    while (second < toSecond) {
      seconds.push(second);
      second += drawExponential(1 / ticketsPerSecond, random);
    }
  }
  return seconds;
}

function drawParty(population: Population, random: Random): readonly Omit<ArrivingPlayer, "playerId">[] {
  const asked = population.teams && drawWeighted(population.teams, random);
  const size = Number(drawKey(asked?.partySizes ?? population.partySizes, random));
  const attributes = Object.entries(population.attributes).map(([name, draw]) => ({
    name,
    draw: drawPartyAttribute(draw, random),
  }));
  const drawLatencies = partyLatencies(population, random);
  return Array.from({ length: size }, () => ({
    ...(asked?.team === undefined ? {} : { team: asked.team }),
    attributes: Object.fromEntries(attributes.map(({ name, draw }) => [name, draw()])),
    ...(drawLatencies ? { latencies: drawLatencies() } : {}),
    ...(population.stay ? { staySeconds: drawStay(population.stay, random) } : {}),
  }));
}

function partyLatencies(
  { latencies }: Population,
  random: Random,
): (() => Readonly<Record<string, number>>) | undefined {
  if (!latencies) return undefined;
  const { homes, partyCorrelation } = latencies;
  const ofParty = drawWeighted(homes, random);
  return () => {
    const home = random.fraction() < partyCorrelation ? ofParty : drawWeighted(homes, random);
    // A player's own line slows every region down alike.
    const line = drawExponential(1, random);
    return Object.fromEntries(
      Object.entries(home.latencies).map(([region, { baseMs, spreadMs }]) => [
        region,
        Math.min(limits.LATENCY_MS_MAX, Math.round(baseMs + spreadMs * line)),
      ]),
    );
  };
}

function drawStay({ meanSeconds, leastSeconds }: NonNullable<Population["stay"]>, random: Random): number {
  return toMilliseconds(leastSeconds + drawExponential(meanSeconds - leastSeconds, random));
}

/** Undefined: the ticket never gives up. */
function drawPatience({ churn }: Population, random: Random): number | undefined {
  if (!churn || random.fraction() >= churn.share) return undefined;
  return drawExponential(churn.patienceSeconds, random);
}

function drawExponential(mean: number, random: Random): number {
  return -mean * Math.log(1 - random.fraction());
}

function toMilliseconds(seconds: number): number {
  return Math.round(seconds * 1_000) / 1_000;
}
