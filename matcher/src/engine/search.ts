// Where counting does not tell whether a match is legal: lanes and buckets narrow down who may be in a match with a ticket that
// has changed, and a bounded search tries them.
import { formMatch, type JudgedTicket } from "@muster/rules";
import type { EngineMatch } from "./engine.ts";
import type { Plan } from "./plan.ts";
import { ANYWHERE, type Lane, LINKED, type Pool, type PooledTicket } from "./pool.ts";

export type SearchTask = {
  readonly pool: Pool;
  readonly plan: Plan;
  /** The ticket that the match shall be around. */
  readonly slot: number;
  /** How often it was tried before. */
  readonly attempts: number;
  readonly nowMs: number;
  readonly isUsable: (ticket: PooledTicket) => boolean;
};

/** `unusable`: slots that must not be matched now. `more`: the steps ended before it was known. */
export type SearchOutcome =
  | { readonly type: "nothing" | "more"; readonly unusable: readonly number[] }
  | {
      readonly type: "match";
      readonly slots: readonly number[];
      readonly match: EngineMatch;
      readonly unusable: readonly number[];
    };

/** What a step of a search costs beside a look at a ticket. */
const STEP_LOOKS = 20;
/** Steps of the first attempt; each further one has twice as many. */
const STEPS_FIRST = 500;
const ATTEMPTS_MAX = 6;

export function searchAround(task: SearchTask, budget: { left: number }): SearchOutcome {
  const { pool, plan, slot, attempts, nowMs, isUsable } = task;
  const unusable: number[] = [];
  const slotOf = new Map<JudgedTicket, number>();
  for (const candidate of candidatesOf(pool, plan, slot)) {
    const ticket = pool.ticketAt(candidate);
    if (isUsable(ticket)) slotOf.set(ticket, candidate);
    else unusable.push(candidate);
  }
  budget.left -= slotOf.size;
  if (!slotOf.has(pool.ticketAt(slot))) return { type: "nothing", unusable };
  const steps = STEPS_FIRST * 2 ** attempts;
  const part = { left: steps };
  const match = formMatch(plan.ruleSet, [...slotOf.keys()], nowMs, part);
  budget.left -= (steps - part.left) * STEP_LOOKS;
  if (!match) return { type: part.left > 0 || attempts + 1 >= ATTEMPTS_MAX ? "nothing" : "more", unusable };
  const byId = new Map([...slotOf].map(([ticket, of]) => [ticket.ticketId, of]));
  const slots = match.tickets.flatMap((ticketId) => byId.get(ticketId) ?? []);
  const seats = match.teams.flatMap((team) =>
    team.players.flatMap((player) => {
      const of = player.ticketId === undefined ? undefined : byId.get(player.ticketId);
      return of === undefined ? [] : [{ ticket: pool.ticketAt(of), player, team: team.name }];
    }),
  );
  return { type: "match", slots, match: { seats, regions: match.regions }, unusable };
}

/** Who may be in a match with the ticket of `slot`, the oldest first; and the ticket itself. */
function candidatesOf(pool: Pool, plan: Plan, slot: number): readonly number[] {
  const spread = plan.levels.reduce((widest, level) => Math.max(widest, level.spread), 0);
  const found = new Set<number>();
  const read = (lane: Lane) => {
    const [low, high] = [pool.low[slot] ?? 0, pool.high[slot] ?? 0];
    const isNarrow = plan.axis !== undefined && Number.isFinite(spread) && !Number.isNaN(low);
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
  const own = pool.bucketsOf(slot).map(({ lane }) => lane);
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
