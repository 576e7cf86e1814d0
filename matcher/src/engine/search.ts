// Where counting does not tell whether a match is legal: lanes and buckets narrow down who may be in a match with a ticket that
// has changed, and a bounded search tries them.
import { capacityOf, type FormedMatch, formMatch, type JudgedTicket } from "@muster/rules";
import {
  apartness,
  attributesRead,
  type Candidate,
  compiledOnce,
  groupsByTeam,
  readCandidate,
  sortBeside,
  suitingRegions,
} from "@muster/rules/plan";
import { balance } from "./balance.ts";
import type { EngineMatch } from "./engine.ts";
import { ANYWHERE, type Lane } from "./lane.ts";
import type { Patience } from "./patience.ts";
import { rosterOf, seatsOf } from "./placing.ts";
import type { Plan } from "./plan.ts";
import { LINKED, type Pool, type PooledTicket } from "./pool.ts";
import { createThorough, type Seating, type Thorough } from "./thorough.ts";

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
/** What it costs to have a candidate at hand. */
const CANDIDATE_LOOKS = 10;
/** Steps of each of the first attempts, which try what seldom fails, and of each division into teams in them. */
const STEPS_HASTY = 250;
const STEPS_PER_DIVISION = 80;
/** Steps of a search for a match that is too large for them. */
const STEPS_CROWD = 500;
/** Steps of one turn of a thorough search. */
const STEPS_PER_TURN = 1_000;
/** Larger matches are made by counting, or seated in one pass: their seatings are beyond number. */
const THOROUGH_PLAYERS_MAX = 40;

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
  budget.left -= slotOf.size * CANDIDATE_LOOKS;
  const own = pool.ticketAt(slot);
  if (!slotOf.has(own)) return { type: "nothing", unusable };
  if (capacityOf(plan.ruleSet) > THOROUGH_PLAYERS_MAX) {
    const part = { left: STEPS_CROWD };
    const match = formMatch(plan.ruleSet, [...slotOf.keys()], nowMs, part);
    budget.left -= (STEPS_CROWD - Math.max(0, part.left)) * STEP_LOOKS;
    return match ? { ...matchOf(pool, slotOf, match), unusable } : { type: "nothing", unusable };
  }
  const anchor = candidateOf(plan, own);
  if (!anchor) return { type: "nothing", unusable };
  const others = [...slotOf.keys()].flatMap((ticket) => (ticket === own ? [] : (candidateOf(plan, ticket) ?? [])));
  const basis = {
    ...{ plan, kinds: pool.kinds, with: anchor },
    levelOf: (ticket: JudgedTicket) => pool.levelOf(slotOf.get(ticket) ?? 0),
    isThere(ticket: JudgedTicket) {
      const at = slotOf.get(ticket);
      return at !== undefined && pool.stateOf(at) === LINKED && pool.holds(at, ticket);
    },
  };
  const orders = ordersOf(plan, anchor, others);
  for (const order of orders) {
    const part = { left: STEPS_HASTY };
    const found = createThorough({ ...basis, others: order, stepsPerDivision: STEPS_PER_DIVISION }).run(part);
    budget.left -= (STEPS_HASTY - part.left) * STEP_LOOKS;
    if (found === "exhausted") return { type: "nothing", unusable };
    if (found !== "cut") return { ...matchFrom(task, slotOf, found), unusable };
  }
  const thorough = createThorough({ ...basis, others: orders[1] ?? others });
  return { type: "more", unfinished: { thorough, slotOf }, unusable };
}

/** The others as fairness asks, the oldest first; then the nearest; then the largest parties. Or as the rule set says. */
function ordersOf(plan: Plan, anchor: Candidate, others: readonly Candidate[]): readonly (readonly Candidate[])[] {
  const [level] = plan.levels;
  if (!level || others.length === 0) return [others];
  if (plan.isOrdered) return [sortBeside(anchor, others, level.tier)];
  const distances = new Map(others.map((other) => [other, apartness(level.kinships, anchor.traits, other.traits)]));
  const near = others.toSorted((one, other) => (distances.get(one) ?? 0) - (distances.get(other) ?? 0));
  return [others, near, near.toSorted((one, other) => other.size - one.size)];
}

/** What tickets bring to the searches of a plan, each read once. */
const candidates = new WeakMap<Plan, WeakMap<JudgedTicket, Candidate>>();

function candidateOf(plan: Plan, ticket: JudgedTicket): Candidate | undefined {
  const known = candidates.get(plan) ?? new WeakMap<JudgedTicket, Candidate>();
  candidates.set(plan, known);
  const before = known.get(ticket);
  if (before) return before;
  const [{ rules }] = plan.ruleSet.tiers;
  const read = readCandidate(ticket, rules, attributesRead(rules));
  if (read) known.set(ticket, read);
  return read;
}

function goOn(task: SearchTask, unfinished: Unfinished, budget: { left: number }): SearchOutcome {
  const { thorough, slotOf } = unfinished;
  const part = { left: STEPS_PER_TURN };
  const found = thorough.run(part);
  const spent = STEPS_PER_TURN - part.left;
  task.patience.spend(spent);
  budget.left -= spent * STEP_LOOKS;
  if (found === "exhausted") return { type: "nothing", unusable: [] };
  if (found === "cut") return { type: "more", unfinished, unusable: [] };
  const outcome = matchFrom(task, slotOf, found);
  const unusable = outcome.slots.filter((of) => !task.isUsable(task.pool.ticketAt(of)));
  return unusable.length > 0 ? { type: "more", unfinished, unusable } : { ...outcome, unusable };
}

function matchFrom({ pool, plan }: SearchTask, slotOf: ReadonlyMap<JudgedTicket, number>, found: Seating) {
  const slots = found.tickets.flatMap((ticket) => slotOf.get(ticket) ?? []);
  const { tier, sizing } = plan.levels[found.level] ?? raise();
  const teamOf = new Map(found.seats.map(({ player, team }) => [player.playerId, team]));
  const placings = slots.map((slot) => {
    const ticket = pool.ticketAt(slot);
    return {
      ticket,
      teams: groupsByTeam(ticket.players).map(({ players: [first] }) => teamOf.get(first?.playerId ?? raise()) ?? ""),
    };
  });
  const { holds: isLegal } = compiledOnce(tier.rules);
  const rooms = sizing.rooms.map(({ name }) => name);
  const seats = seatsOf(balance(placings, tier, { isLegal }), rooms);
  const tickets = placings.map(({ ticket }) => ticket);
  return {
    type: "match",
    slots,
    match: { tickets, seats, regions: suitingRegions(tier.rules, rosterOf(seats)) },
  } as const;
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
  const tickets = slots.map((of) => pool.ticketAt(of));
  return { type: "match", slots, match: { tickets, seats, regions: match.regions } } as const;
}

/** Who may be in a match with the ticket of `slot`, the oldest first; and the ticket itself. */
function candidatesOf(pool: Pool, plan: Plan, slot: number): readonly number[] {
  const spread = plan.levels.reduce((widest, level) => Math.max(widest, level.spread), 0);
  const found = new Set<number>();
  const read = (lane: Lane) => {
    const [low, high] = [pool.lowOf(slot), pool.highOf(slot)];
    // Who may go with anybody stands in no bucket.
    const isNarrow = lane.key !== ANYWHERE && plan.axis !== undefined && Number.isFinite(spread) && !Number.isNaN(low);
    const from = isNarrow ? pool.bucketOf(high - spread) : Number.NEGATIVE_INFINITY;
    const until = isNarrow ? pool.bucketOf(low + spread) : Number.POSITIVE_INFINITY;
    const { places } = pool;
    places.visit(lane, from, until, (bucket) => {
      for (let queue = places.firstQueue(bucket); queue >= 0; queue = places.nextQueue(queue)) {
        let left = plan.searchedMax;
        for (let node = places.headOf(queue); node >= 0 && left > 0; node = pool.nextOf(node)) {
          found.add(pool.slotOf(node));
          left -= 1;
        }
      }
      return true;
    });
  };
  const own = pool.lanesOf(slot);
  const isWild = own.some((lane) => lane.key === ANYWHERE);
  for (const lane of isWild ? pool.lanes.values() : own) read(lane);
  const anywhere = pool.lanes.get(ANYWHERE);
  if (anywhere) read(anywhere);
  const oldest = [...found]
    .filter((one) => one !== slot && pool.stateOf(one) === LINKED)
    .sort((one, other) => pool.arrivalOf(one) - pool.arrivalOf(other))
    .slice(0, plan.searchedMax - 1);
  return [...oldest, slot];
}

function raise(): never {
  throw new RangeError("a match was found at a level of the plan, of players who came with its tickets");
}
