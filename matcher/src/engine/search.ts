// Where counting does not tell whether a match is legal: lanes and buckets narrow down who may be in a match with a ticket that
// has changed, and a bounded search tries them.
import { capacityOf, type FormedMatch, formMatch, type JudgedTicket } from "@muster/rules";
import type { EngineMatch } from "./engine.ts";
import type { Patience } from "./patience.ts";
import type { Plan } from "./plan.ts";
import { ANYWHERE, type Lane, LINKED, type Pool, type PooledTicket } from "./pool.ts";
import { regionsFor } from "./regions.ts";
import { createThorough, type Thorough } from "./thorough.ts";

export type SearchTask = {
  readonly pool: Pool;
  readonly plan: Plan;
  /** The ticket that the match shall be around. */
  readonly slot: number;
  /** What an earlier turn left of it. */
  readonly unfinished: Unfinished | undefined;
  /** What thorough searches may still cost. */
  readonly patience: Patience;
  readonly nowMs: number;
  readonly isUsable: (ticket: PooledTicket) => boolean;
};

/** A search that goes on in a later turn. */
export type Unfinished = {
  readonly thorough: Thorough;
  readonly slotOf: ReadonlyMap<JudgedTicket, number>;
};

/** `unusable`: slots that must not be matched now. `more`: the steps ended before it was known. */
export type SearchOutcome = { readonly unusable: readonly number[] } & (
  | { readonly type: "nothing" }
  | { readonly type: "more"; readonly unfinished: Unfinished }
  | { readonly type: "match"; readonly slots: readonly number[]; readonly match: EngineMatch }
);

/** What a step of a search costs beside a look at a ticket. */
const STEP_LOOKS = 20;
/** Steps of the first attempt, which tries what seldom fails: the oldest, the nearest, the largest. */
const STEPS_FIRST = 500;
/** Steps of one turn of a thorough search. */
const STEPS_PER_TURN = 1_000;
export function searchAround(task: SearchTask, budget: { left: number }): SearchOutcome {
  const { pool, plan, slot, nowMs, isUsable } = task;
  const unusable: number[] = [];
  if (task.unfinished) return goOn(task, task.unfinished, budget);
  const slotOf = new Map<JudgedTicket, number>();
  for (const candidate of candidatesOf(pool, plan, slot)) {
    const ticket = pool.ticketAt(candidate);
    if (isUsable(ticket)) slotOf.set(ticket, candidate);
    else unusable.push(candidate);
  }
  budget.left -= slotOf.size;
  const own = pool.ticketAt(slot);
  if (!slotOf.has(own)) return { type: "nothing", unusable };
  const part: { left: number; isCut?: boolean } = { left: STEPS_FIRST };
  const match = formMatch(plan.ruleSet, [...slotOf.keys()], nowMs, part);
  budget.left -= (STEPS_FIRST - Math.max(0, part.left)) * STEP_LOOKS;
  if (match) return { ...matchOf(pool, slotOf, match), unusable };
  if (!part.isCut || capacityOf(plan.ruleSet) > THOROUGH_PLAYERS_MAX) return { type: "nothing", unusable };
  const thorough = createThorough({
    ...{ plan, kinds: pool.kinds, with: own },
    others: [...slotOf.keys()].filter((ticket) => ticket !== own),
    levelOf: (ticket) => pool.level[slotOf.get(ticket) ?? 0] ?? 0,
    isThere(ticket) {
      const at = slotOf.get(ticket);
      return at !== undefined && pool.state[at] === LINKED && pool.tickets[at] === ticket;
    },
  });
  return { type: "more", unfinished: { thorough, slotOf }, unusable };
}

/** Larger matches are made by counting alone, or as the first attempt finds them: their seatings are beyond number. */
const THOROUGH_PLAYERS_MAX = 40;

function goOn(
  { pool, plan, patience, isUsable }: SearchTask,
  unfinished: Unfinished,
  budget: { left: number },
): SearchOutcome {
  const { thorough, slotOf } = unfinished;
  const part = { left: STEPS_PER_TURN };
  const found = thorough.run(part);
  const spent = STEPS_PER_TURN - part.left;
  patience.spend(spent);
  budget.left -= spent * STEP_LOOKS;
  if (found === "exhausted") return { type: "nothing", unusable: [] };
  if (found === "cut") return { type: "more", unfinished, unusable: [] };
  const slots = found.tickets.flatMap((ticket) => slotOf.get(ticket) ?? []);
  const unusable = slots.filter((of) => !isUsable(pool.ticketAt(of)));
  if (unusable.length > 0) return { type: "more", unfinished, unusable };
  const seats = found.seats.flatMap(({ ticket, player, team }) => {
    const of = slotOf.get(ticket);
    return of === undefined ? [] : [{ ticket: pool.ticketAt(of), player, team }];
  });
  const rules = plan.levels[found.level]?.tier.rules ?? [];
  return {
    type: "match",
    slots,
    match: { tickets: slots.map((of) => pool.ticketAt(of)), seats, regions: regionsFor(rules, seats) },
    unusable: [],
  };
}

function matchOf(pool: Pool, slotOf: ReadonlyMap<JudgedTicket, number>, match: FormedMatch) {
  const byId = new Map([...slotOf].map(([ticket, of]) => [ticket.ticketId, of]));
  const slots = match.tickets.flatMap((ticketId) => byId.get(ticketId) ?? []);
  const seats = match.teams.flatMap((team) =>
    team.players.flatMap((player) => {
      const of = player.ticketId === undefined ? undefined : byId.get(player.ticketId);
      return of === undefined ? [] : [{ ticket: pool.ticketAt(of), player, team: team.name }];
    }),
  );
  return {
    type: "match",
    slots,
    match: { tickets: slots.map((of) => pool.ticketAt(of)), seats, regions: match.regions },
  } as const;
}

/** Who may be in a match with the ticket of `slot`, the oldest first; and the ticket itself. */
function candidatesOf(pool: Pool, plan: Plan, slot: number): readonly number[] {
  const spread = plan.levels.reduce((widest, level) => Math.max(widest, level.spread), 0);
  const found = new Set<number>();
  const read = (lane: Lane) => {
    const [low, high] = [pool.low[slot] ?? 0, pool.high[slot] ?? 0];
    // Who may go with anybody stands in no bucket.
    const isNarrow = lane.key !== ANYWHERE && plan.axis !== undefined && Number.isFinite(spread) && !Number.isNaN(low);
    for (const [number, bucket] of lane.buckets) {
      if (isNarrow && (number < pool.bucketOf(high - spread) || number > pool.bucketOf(low + spread))) continue;
      for (const queue of bucket.queues) {
        if (!queue) continue;
        let left = plan.searchedMax;
        for (let node = queue.head; node >= 0 && left > 0; node = pool.nodeNext[node] ?? -1) {
          found.add(pool.nodeSlot[node] ?? 0);
          left -= 1;
        }
      }
    }
  };
  const own = pool.lanesOf(slot);
  const isWild = own.some((lane) => lane.key === ANYWHERE);
  for (const lane of isWild ? pool.lanes.values() : own) read(lane);
  const anywhere = pool.lanes.get(ANYWHERE);
  if (anywhere) read(anywhere);
  const oldest = [...found]
    .filter((one) => one !== slot && pool.state[one] === LINKED)
    .sort((one, other) => (pool.arrival[one] ?? 0) - (pool.arrival[other] ?? 0))
    .slice(0, plan.searchedMax - 1);
  return [...oldest, slot];
}
