// The search behind new matches and fills: for the oldest ticket that can be placed at all, the largest legal match with
// it. It goes anchor by anchor, tier by tier, from the most players down, and looks at people only for legal sizes.
import { compiledOnce } from "../compile/compiled-once.ts";
import { EVERY_RULE_PLAYERS_MAX } from "../language/dialect.ts";
import { type Budget, lend, STEPS_PER_ANCHOR_MIN, stepsFor } from "./budget.ts";
import { apartness, areKin, type Candidate } from "./candidate.ts";
import { findCrowd, type Seated } from "./find-crowd.ts";
import { type Division, finish, layTable, sizesFor } from "./lay-table.ts";
import { mayMeet, supplyOf, takeFrom, totalOf } from "./least-players.ts";
import { type Found, isAdmissibleAt, type Plan, planSearch, type Search, type TierPlan } from "./search-plan.ts";
import { seatTickets } from "./seat-tickets.ts";
import { sortBeside } from "./sort-beside.ts";
import { roomLeft } from "./team-sizes.ts";

/**
 * Tickets of one size that are tried beside an anchor, on top of those that fill a match: the oldest that suit it. The
 * search varies the last picks first, so it would hardly come to later ones.
 */
const SPARE_TICKETS_PER_SIZE = 16;

/** The largest legal addition that holds the oldest ticket for which there is any; undefined if there is none. */
export function findLargest(search: Search): Found | undefined {
  const plan = planSearch(search);
  const { candidates } = plan;
  const rules = search.ruleSet.tiers[0].rules.length;
  const budget = search.budget ?? { left: stepsFor(rules) + STEPS_PER_ANCHOR_MIN * candidates.length };
  const tiers = [...plan.tiers.values()];
  const isCrowd = tiers.some(({ sizing }) => roomLeft(sizing) > EVERY_RULE_PLAYERS_MAX);
  /** What it costs a crowd to sit down at all: to find sizes of teams, and to go through the tickets. */
  const walk = isCrowd ? candidates.length + (tiers[0]?.sizing.rooms.length ?? 0) : 0;
  const supply = supplyOf(candidates);
  for (const [index, anchor] of candidates.entries()) {
    // Those who are left are too few, and will be fewer with every anchor.
    if (!tiers.some((tier) => mayMeet(tier.needs, supply))) return undefined;
    takeFrom(supply, anchor);
    const reserved = STEPS_PER_ANCHOR_MIN * (candidates.length - index);
    const share = Math.max(walk, STEPS_PER_ANCHOR_MIN + Math.max(0, budget.left - reserved) / 4);
    const found = lend(budget, share, (part) => findWithAnchor(plan, { anchor, index }, part));
    if (found) return found;
    if (budget.left <= 0) {
      budget.isCut = true;
      return undefined;
    }
  }
  return undefined;
}

type Anchored = { readonly anchor: Candidate; readonly index: number };

/** Tries the tiers that a match with the anchor may have. Of equally large matches the least expanded stands. */
function findWithAnchor(plan: Plan, { anchor, index }: Anchored, budget: Budget): Found | undefined {
  const isByOldest = plan.search.ruleSet.expansionAge === "oldest";
  const ageOf = (candidate: Candidate) => plan.ownTiers.get(candidate)?.fromAgeMs ?? 0;
  let best: { readonly found: Found; readonly players: number } | undefined;
  for (const tierPlan of plan.tiers.values()) {
    const { fromAgeMs } = tierPlan.tier;
    if (fromAgeMs > ageOf(anchor)) break;
    // The oldest ticket of a match is its anchor: where it alone sets the age, only its own tier can be.
    if (isByOldest && fromAgeMs !== ageOf(anchor)) continue;
    const anchorTraits = tierPlan.traitsOf(anchor);
    const suits = (candidate: Candidate) =>
      areKin(tierPlan.kinships, anchorTraits, tierPlan.traitsOf(candidate)) &&
      areKin(tierPlan.kinships, tierPlan.seatedTraits, tierPlan.traitsOf(candidate)) &&
      (isByOldest || ageOf(candidate) >= fromAgeMs) &&
      isAdmissibleAt(tierPlan, candidate);
    if (!suits(anchor)) continue;
    const others = takeFirst(plan, { anchor, index, tierPlan, room: roomLeft(tierPlan.sizing), suits }, budget);
    const attempt = { tierPlan, tickets: [anchor, ...others], atLeast: best ? best.players + 1 : 1 };
    best = findSeating(plan, attempt, budget) ?? best;
  }
  return best?.found;
}

type Wanted = Anchored & {
  readonly tierPlan: TierPlan;
  readonly room: number;
  readonly suits: (candidate: Candidate) => boolean;
};

/**
 * The first that suit, of each size as many as could be of use and some to choose from: the oldest, or those that the
 * rules which sort put first. Only those after the anchor: an older ticket has been the anchor before, in vain, so it is
 * in no legal match.
 */
function takeFirst(plan: Plan, { anchor, index, tierPlan, room, suits }: Wanted, budget: Budget): readonly Candidate[] {
  const { partySizes } = plan;
  const candidates = sortBeside(anchor, plan.candidates.slice(index + 1), tierPlan.tier);
  const largest = tierPlan.sizing.rooms.reduce((most, bench) => Math.max(most, bench.max - bench.seated), 0);
  const places = new Map<number, number>();
  for (const size of partySizes) {
    if (size > room) continue;
    const filling = Math.ceil(room / size);
    // Of a crowd half may lie on the one side of the anchor and half on the other.
    places.set(size, filling + (room > EVERY_RULE_PLAYERS_MAX ? filling : 0) + SPARE_TICKETS_PER_SIZE);
  }
  const found: Candidate[] = [];
  for (const candidate of candidates) {
    if (places.size === 0) break;
    const left = places.get(candidate.size);
    if (left === undefined || candidate.groups.some((group) => group.players.length > largest)) continue;
    if (!suits(candidate)) continue;
    if (left > 1) places.set(candidate.size, left - 1);
    else {
      places.delete(candidate.size);
      budget.isCut = true;
    }
    found.push(candidate);
  }
  return found;
}

type Attempt = {
  readonly tierPlan: TierPlan;
  readonly tickets: readonly Candidate[];
  readonly atLeast: number;
};

/** From the most players down, every legal division into teams. Each has half of what is left, so that none eats all. */
function findSeating(plan: Plan, attempt: Attempt, budget: Budget): Seated | undefined {
  const { tierPlan, tickets, atLeast } = attempt;
  const available = tickets.reduce((sum, candidate) => sum + candidate.size, 0);
  const least = Math.max(atLeast, totalOf(tierPlan.needs));
  const most = Math.min(available, roomLeft(tierPlan.sizing));
  if (most > EVERY_RULE_PLAYERS_MAX) {
    const found = findCrowd(plan, { tierPlan, tickets, least, most }, budget);
    if (found) return found;
  }
  for (let players = Math.min(most, EVERY_RULE_PLAYERS_MAX); players >= least && budget.left > 0; players -= 1) {
    for (const sizes of sizesFor(plan, { tierPlan, players }, budget)) {
      const found = lend(budget, Math.max(STEPS_PER_ANCHOR_MIN, budget.left / 2), (part) =>
        seatInTurn(plan, { tierPlan, tickets, sizes }, part),
      );
      if (found) return { found, players };
    }
  }
  return undefined;
}

/**
 * Oldest first, as fairness asks. Where the budget ends that way, some early pick spoils every match: then nearest to the
 * anchor first, which seldom fails by rules about values, and largest first, which seldom fails by sizes of parties.
 */
function turnsOf({ kinships, traitsOf: read }: TierPlan, tickets: readonly Candidate[]) {
  const [anchor, ...others] = tickets;
  if (!anchor) return [];
  const distances = new Map(others.map((other) => [other, apartness(kinships, read(anchor), read(other))]));
  const near = others.toSorted((one, other) => (distances.get(one) ?? 0) - (distances.get(other) ?? 0));
  const large = near.toSorted((one, other) => other.size - one.size);
  return [
    { tickets, benchOrder: "emptiest" },
    { tickets: [anchor, ...near], benchOrder: "emptiest" },
    { tickets: [anchor, ...large], benchOrder: "tightest" },
  ] as const;
}

function seatInTurn(plan: Plan, { tierPlan, tickets, sizes }: Division, budget: Budget): Found | undefined {
  const { benches, isLegal } = layTable(plan, { tierPlan, sizes });
  const { mayStillHold } = compiledOnce(tierPlan.tier.rules);
  const turns = turnsOf(tierPlan, tickets);
  for (const [index, turn] of turns.entries()) {
    const steps = index === turns.length - 1 ? budget.left : budget.left / 2;
    const seating = lend(budget, steps, (part) => seatTickets({ benches, mayStillHold, isLegal, ...turn }, part));
    if (seating === "exhausted") return undefined;
    if (seating !== "cut") return finish(plan, { tierPlan, benches, isLegal, seating }, budget);
  }
  budget.isCut = true;
  return undefined;
}
