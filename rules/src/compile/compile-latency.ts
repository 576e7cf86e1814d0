// latency, compiled: whether any region suits everybody.
import type { PartyAggregation, TeamReference } from "../language/expression.ts";
import type { LatencyRule } from "../rule-types/latency.ts";
import type { Check } from "./check.ts";
import { oncePerLook } from "./expression/look.ts";
import { type Parties, partiesOf } from "./expression/parties.ts";
import type { Scope } from "./expression/scope.ts";
import { type Seats, seatsOf } from "./expression/seats.ts";

type Latencies = Readonly<Record<string, number>>;

/** Of whom anything is known, party by party, its members by id: where each party ends. */
type Measured = { readonly members: Latencies[]; readonly ends: number[]; length: number; parties: number };

export function compileLatency(scope: Scope, rule: LatencyRule): Check {
  const measured = measuredOf(scope);
  const values: number[] = [];
  const isAnyLeft = (suits: (count: number) => boolean) => () => {
    const known = measured();
    const [first] = known.members;
    if (known.length === 0 || !first) return true;
    for (const region in first) {
      const count = readRegion(known, region, { rule, values });
      if (count >= 0 && suits(count)) return true;
    }
    return false;
  };
  const { distance } = rule;
  if (!distance) {
    const holds = isAnyLeft(() => true);
    return { holds, mayStillHold: holds };
  }
  const { maxMs } = distance;
  const isNear = (count: number, reference: number) => {
    for (let at = 0; at < count; at += 1) if (!(Math.abs((values[at] ?? 0) - reference) <= maxMs)) return false;
    return true;
  };
  if (distance.reference === "min") {
    // A newcomer's may be lower still, never higher: who is too far from it now stays so.
    const holds = isAnyLeft((count) => isNear(count, leastOf(values, count)));
    return { holds, mayStillHold: holds };
  }
  return {
    holds: isAnyLeft((count) => isNear(count, averageOf(values, count))),
    // Newcomers may bring the average anywhere, but two that are both near it are near one another.
    mayStillHold: isAnyLeft((count) => mostOf(values, count) - leastOf(values, count) <= 2 * maxMs + ROUNDING_MS),
  };
}

/** Where the average of some latencies may lie by rounding alone. */
const ROUNDING_MS = 1e-6;

function leastOf(values: readonly number[], count: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at < count; at += 1) least = Math.min(least, values[at] ?? 0);
  return least;
}

function mostOf(values: readonly number[], count: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < count; at += 1) most = Math.max(most, values[at] ?? 0);
  return most;
}

function averageOf(values: readonly number[], count: number): number {
  let sum = 0;
  for (let at = 0; at < count; at += 1) sum += values[at] ?? 0;
  return sum / count;
}

type Reading = { readonly rule: LatencyRule; readonly values: number[] };

/** Writes to `values` what players or parties count as in the region, and how many; -1 if it does not suit all of them. */
function readRegion({ members, ends, parties }: Measured, region: string, { rule, values }: Reading): number {
  const { maxLatencyMs, aggregation } = rule;
  const isEach = aggregation === "each" || aggregation === "union" || aggregation === "intersection";
  let count = 0;
  for (let party = 0, from = 0; party < parties; party += 1) {
    const to = ends[party] ?? from;
    if (isEach) {
      for (let at = from; at < to; at += 1) {
        const value = latencyAt(members[at], region);
        if (!(value <= maxLatencyMs)) return -1;
        values[count] = value;
        count += 1;
      }
    } else {
      const value = partyLatency(members, { from, to }, region, aggregation);
      if (!(value <= maxLatencyMs)) return -1;
      values[count] = value;
      count += 1;
    }
    from = to;
  }
  return count;
}

type Part = { readonly from: number; readonly to: number };

/** Infinite if any member did not measure the region: nobody of a party is left behind. */
function partyLatency(
  members: readonly Latencies[],
  { from, to }: Part,
  region: string,
  how: PartyAggregation,
): number {
  let whole = latencyAt(members[from], region);
  if (whole === Number.POSITIVE_INFINITY) return whole;
  for (let at = from + 1; at < to; at += 1) {
    const value = latencyAt(members[at], region);
    if (value === Number.POSITIVE_INFINITY) return value;
    if (how === "min") whole = Math.min(whole, value);
    else if (how === "max") whole = Math.max(whole, value);
    else if (how === "avg") whole += value;
  }
  return how === "avg" ? whole / (to - from) : whole;
}

/** Infinite where it was not measured. */
function latencyAt(member: Latencies | undefined, region: string): number {
  const value = member?.[region];
  return typeof value === "number" ? value : Number.POSITIVE_INFINITY;
}

const everybody: TeamReference = { isAll: true, isList: true, instances: [], namesInstance: false };

function measuredOf(scope: Scope): () => Measured {
  const seats = seatsOf(scope, everybody);
  const parties = partiesOf(scope, everybody);
  const empty: Measured = { members: [], ends: [], length: 0, parties: 0 };
  const ids: string[] = [];
  return oncePerLook(scope.look, empty, (measured) => {
    measured.length = 0;
    measured.parties = 0;
    const { players, length } = seats();
    const { first, next } = parties();
    for (let at = 0; at < length; at += 1) {
      if (players[at]?.latenciesMs === undefined || !isFirstMeasured(players, { first, next }, at)) continue;
      const from = measured.length;
      for (let seat = at; seat >= 0; seat = next[seat] ?? -1) {
        const player = players[seat];
        if (player?.latenciesMs !== undefined) insert(measured, player.latenciesMs, { from, ids, id: player.playerId });
      }
      measured.ends[measured.parties] = measured.length;
      measured.parties += 1;
    }
    return measured;
  });
}

/** Whether of those in the party of whom anything is known, this player sits first. */
function isFirstMeasured(players: Seats["players"], { first, next }: Pick<Parties, "first" | "next">, at: number) {
  let member = first[at] ?? at;
  while (member !== at && players[member]?.latenciesMs === undefined) member = next[member] ?? at;
  return member === at;
}

type Insertion = { readonly from: number; readonly ids: string[]; readonly id: string };

/** Among the members of its party, which begins at `from`, by id: sums then run in the judge's order. */
function insert(measured: Measured, latencies: Latencies, { from, ids, id }: Insertion): void {
  const { members } = measured;
  let at = measured.length;
  for (; at > from && id < (ids[at - 1] ?? ""); at -= 1) {
    members[at] = members[at - 1] ?? latencies;
    ids[at] = ids[at - 1] ?? id;
  }
  members[at] = latencies;
  ids[at] = id;
  measured.length += 1;
}
