// The search behind new matches and fills: for the oldest ticket that can be placed at all, the largest legal match with
// it. It goes anchor by anchor, tier by tier, from the most players down, and looks at people only for legal sizes.
import { compiledOnce, oncePer } from "../compile/compiled-once.ts";
import { attributesRead, rosterOf } from "../judge.ts";
import { EVERY_RULE_PLAYERS_MAX } from "../language/dialect.ts";
import { sourceOf } from "../language/expression.ts";
import { type JudgedTicket, openInstances, type RosterTeam, type SeatedTeam } from "../roster.ts";
import { type RuleSet, type Tier, tierAt } from "../rule-set.ts";
import type { Kinship } from "../rule-types/rule-type.ts";
import { type Rule, typeOf } from "../rule-types/table.ts";
import { balanceTeams, rosterOfPlaced } from "./balance-teams.ts";
import { type Budget, lend, STEPS_PER_ANCHOR_MIN, stepsFor } from "./budget.ts";
import {
  apartness,
  areKin,
  byAge,
  type Candidate,
  isAdmissible,
  readCandidate,
  type Trait,
  traitsAt,
  traitsOf,
} from "./candidate.ts";
import { crowdOrders } from "./crowd-orders.ts";
import { mayMeet, type Need, needsOf, supplyOf, takeFrom, totalOf } from "./least-players.ts";
import { seatCrowd } from "./seat-crowd.ts";
import { type Bench, type Placed, type Seating, seatTickets } from "./seat-tickets.ts";
import { sortBeside } from "./sort-beside.ts";
import { isLegalSizes, listSizes, type Room, roomLeft, type Sizes, type Sizing } from "./team-sizes.ts";

export type Search = {
  readonly ruleSet: RuleSet;
  readonly seated: readonly SeatedTeam[];
  readonly candidates: readonly JudgedTicket[];
  readonly nowMs: number;
  /** What bounds the team sizes when the newcomers' age has reached `tier`. */
  readonly sizingAt: (tier: Tier) => Sizing;
  /** What the search may cost. Default: what the number of rules and candidates allows. */
  readonly budget?: Budget | undefined;
};

/** What was found: newcomers by open team, in the rule set's order. */
export type Found = {
  /** What holds at its age. */
  readonly tier: Tier;
  readonly tickets: readonly Candidate[];
  readonly teams: readonly { readonly bench: Bench; readonly added: readonly Placed[] }[];
};

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

type Plan = {
  readonly search: Search;
  readonly candidates: readonly Candidate[];
  readonly tiers: ReadonlyMap<Tier, TierPlan>;
  /** The tier that each candidate's own age has reached. */
  readonly ownTiers: ReadonlyMap<Candidate, Tier>;
  /** Instances that somebody names: they have no twins. */
  readonly distinct: ReadonlySet<string>;
  /** What sizes there are among the candidates. */
  readonly partySizes: ReadonlySet<number>;
};

type TierPlan = {
  readonly tier: Tier;
  readonly sizing: Sizing;
  readonly needs: readonly Need[];
  readonly kinships: readonly (Kinship | undefined)[];
  readonly seatedTraits: readonly Trait[];
  /** What the ticket alone has for each rule as it holds at this age. */
  readonly traitsOf: (candidate: Candidate) => readonly Trait[];
  readonly sizesByTotal: Map<number, readonly Sizes[]>;
  readonly admissible: Map<Candidate, boolean>;
};

function planSearch(search: Search): Plan {
  const { ruleSet, seated, nowMs } = search;
  const [{ rules, teams }] = ruleSet.tiers;
  const needed = attributesRead(rules);
  const seatedIds = new Set(seated.flatMap((team) => team.players.map((player) => player.playerId)));
  const candidates = search.candidates
    .filter((ticket) => !ticket.players.some((player) => seatedIds.has(player.playerId)))
    .map((ticket) => readCandidate(ticket, rules, needed))
    .filter((candidate) => candidate !== undefined)
    .toSorted(byAge);
  const roster = rosterOf(teams, seated);
  const planTier = (tier: Tier): TierPlan => {
    const sizing = search.sizingAt(tier);
    return {
      tier,
      sizing,
      needs: needsOf(sizing),
      kinships: tier.rules.map((rule) => typeOf(rule).kinship(rule)),
      seatedTraits: traitsOf(roster, tier.rules),
      traitsOf: traitsAt(tier.rules, rules),
      sizesByTotal: new Map(),
      admissible: new Map(),
    };
  };
  return {
    search,
    candidates,
    tiers: new Map(ruleSet.tiers.map((tier) => [tier, planTier(tier)])),
    ownTiers: new Map(candidates.map((one) => [one, tierAt(ruleSet, nowMs - one.ticket.searchingSinceMs)])),
    distinct: namedInstances(ruleSet, search.candidates),
    partySizes: new Set(candidates.map((one) => one.size)),
  };
}

function namedInstances(ruleSet: RuleSet, tickets: readonly JudgedTicket[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const rule of ruleSet.tiers[0].rules) {
    for (const { teams } of typeOf(rule).expressions(rule).map(sourceOf)) {
      if (teams.namesInstance) for (const name of teams.instances) names.add(name);
    }
  }
  for (const { players } of tickets) for (const { team } of players) if (team !== undefined) names.add(team);
  return names;
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

/** The tier of a match of `tickets`: the lowest among them, or the highest, as the rule set says. */
function tierOf(plan: Plan, tickets: readonly Candidate[]): TierPlan | undefined {
  const tiers = tickets.map((ticket) => plan.ownTiers.get(ticket)).filter((tier) => tier !== undefined);
  const byAgeReached = tiers.toSorted((one, other) => one.fromAgeMs - other.fromAgeMs);
  const tier = byAgeReached.at(plan.search.ruleSet.expansionAge === "newest" ? 0 : -1);
  return tier && plan.tiers.get(tier);
}

function isAdmissibleAt({ admissible, tier }: TierPlan, candidate: Candidate): boolean {
  const known = admissible.get(candidate) ?? isAdmissible(tier.rules, candidate);
  admissible.set(candidate, known);
  return known;
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

type Seated = { readonly found: Found; readonly players: number };

/** Benches and tickets that a step lays out. */
const CROWD_PER_STEP = 32;

/** Divisions into teams that are tried for a crowd, each with every order of the tickets. */
const CROWD_DIVISIONS_MAX = 16;

/**
 * The most that sit down when everybody takes the first bench that suits, in the best of three orders. Where those who
 * found a seat are no legal match, as teams must be of one size, once more for as many as there were then.
 */
function findCrowd(
  plan: Plan,
  crowd: Pick<Attempt, "tierPlan" | "tickets"> & { readonly least: number; readonly most: number },
  budget: Budget,
): Seated | undefined {
  const { tierPlan, tickets, least } = crowd;
  const orders = crowdOrders(tickets, least, tierPlan);
  let divisions = 0;
  for (let players = orders.length > 0 ? crowd.most : 0; players >= least && budget.left > 0; ) {
    let reached = 0;
    let best: Seated | undefined;
    for (const sizes of sizesFor(plan, { tierPlan, players }, budget).slice(0, CROWD_DIVISIONS_MAX / 4)) {
      divisions += 1;
      budget.left -= Math.ceil((sizes.length + tickets.length) / CROWD_PER_STEP);
      const table = layTable(plan, { tierPlan, sizes });
      for (const turn of orders) {
        const seating = seatCrowd({ ...turn, ...table, ...tierPlan, ...lookOf(tierPlan, tickets) }, budget);
        const seated = seating?.tickets.reduce((sum, ticket) => sum + ticket.size, 0) ?? 0;
        reached = Math.max(reached, seated);
        if (!seating || seated < least || seated <= (best?.players ?? 0)) continue;
        const found = finishCrowd(plan, { tierPlan, benches: table.benches, seating }, budget);
        if (found) best = { found, players: seated };
        if (best?.players === players) return best;
      }
    }
    if (best || divisions >= CROWD_DIVISIONS_MAX) return best;
    players = reached > 0 ? Math.min(players - 1, reached) : players - 1;
  }
  return undefined;
}

/** Only rules that need a look at the roster get one; who asks for several teams says nothing by values alone. */
function lookOf({ tier }: TierPlan, tickets: readonly Candidate[]) {
  const isSplit = (ticket: Candidate) => ticket.groups.length > 1;
  const residual = residualRulesOf(tier.rules);
  const { mayStillHold } = compiledOnce(tickets.some(isSplit) ? tier.rules : residual);
  return {
    needsLook: (ticket: Candidate) => residual.length > 0 || isSplit(ticket),
    mayStillHold,
  };
}

const residualRulesOf = oncePer((rules: readonly Rule[]) =>
  rules.filter((rule) =>
    typeOf(rule)
      .constraints(rule)
      .some(({ kind }) => kind === "residual"),
  ),
);

/** The match of those who have sat down, if it is one: benches that nobody came to are taken away. */
function finishCrowd(
  plan: Plan,
  crowd: { readonly tierPlan: TierPlan; readonly benches: readonly Bench[]; readonly seating: Seating },
  budget: Budget,
): Found | undefined {
  const { tierPlan, seating } = crowd;
  const sizeByName = new Map(crowd.benches.map((bench) => [bench.name, bench.seated.length]));
  for (const { bench, group } of seating.placed) {
    const name = crowd.benches[bench]?.name ?? "";
    sizeByName.set(name, (sizeByName.get(name) ?? 0) + group.players.length);
  }
  const sizes = tierPlan.sizing.rooms.map((room) => sizeByName.get(room.name) ?? 0);
  const { benches, isLegal } = layTable(plan, { tierPlan, sizes });
  const indexOf = new Map(benches.map((bench, index) => [bench.name, index]));
  const placed = seating.placed.map(({ bench, group }) => ({
    bench: indexOf.get(crowd.benches[bench]?.name ?? "") ?? 0,
    group,
  }));
  budget.left -= 1;
  if (!isLegal(rosterOfPlaced(benches, placed), seating.tickets)) return undefined;
  return finish(plan, { tierPlan, benches, isLegal, seating: { ...seating, placed } }, budget);
}

function sizesFor(
  plan: Plan,
  { tierPlan, players }: { readonly tierPlan: TierPlan; readonly players: number },
  budget: Budget,
): readonly Sizes[] {
  const known = tierPlan.sizesByTotal.get(players);
  if (known) return known;
  const { list, steps } = listSizes(tierPlan.sizing, players, plan.distinct);
  budget.left = Math.max(0, budget.left - steps);
  tierPlan.sizesByTotal.set(players, list);
  return list;
}

type Division = { readonly tierPlan: TierPlan; readonly tickets: readonly Candidate[]; readonly sizes: Sizes };

/** The benches that are open for a division into teams, and when who sits on them is a match. */
function layTable(plan: Plan, { tierPlan, sizes }: Pick<Division, "tierPlan" | "sizes">) {
  const { sizing } = tierPlan;
  const seated = new Map(plan.search.seated.map(({ name, players }) => [name, players]));
  const indexOf = new Map(sizing.rooms.map((room, index) => [room.name, index]));
  const sizeOf = (name: string) => sizes[indexOf.get(name) ?? -1] ?? 0;
  const benches: readonly Bench[] = openRooms(sizing, sizeOf).map((room) => ({
    name: room.name,
    template: room.template.name,
    seated: seated.get(room.name) ?? [],
    wanted: sizeOf(room.name) - room.seated,
    hasTwins: room.seated === 0 && !plan.distinct.has(room.name),
  }));
  const isLegal = (roster: readonly RosterTeam[], chosen: readonly Candidate[]) => {
    const own = tierOf(plan, chosen); // All may be older than the tier they were sought for.
    return Boolean(own && isLegalSizes(own.sizing, sizes) && compiledOnce(own.tier.rules).holds(roster));
  };
  return { benches, isLegal };
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

type Finished = Pick<ReturnType<typeof layTable>, "benches" | "isLegal"> & {
  readonly tierPlan: TierPlan;
  readonly seating: Seating;
};

/** What was found, its teams made alike where the rule set says so. */
function finish(plan: Plan, { tierPlan, benches, isLegal, seating }: Finished, budget: Budget): Found {
  const held = tierOf(plan, seating.tickets)?.tier ?? tierPlan.tier;
  const { balancedAttribute: attribute, strategy } = held.algorithm;
  if (strategy !== "balanced" || !attribute) return foundOf(held, benches, seating);
  const isStillLegal = (roster: readonly RosterTeam[]) => isLegal(roster, seating.tickets);
  const placed = balanceTeams({ benches, placed: seating.placed, attribute, isLegal: isStillLegal }, budget);
  return foundOf(held, benches, { ...seating, placed });
}

function openRooms(sizing: Sizing, sizeOf: (instance: string) => number): readonly Room[] {
  const open = new Set(sizing.teams.flatMap((team) => openInstances(team, sizeOf)));
  return sizing.rooms.filter((room) => open.has(room.name));
}

function foundOf(tier: Tier, benches: readonly Bench[], { tickets, placed }: Seating): Found {
  const byBench = Map.groupBy(placed, (one) => one.bench);
  const teams = benches.map((bench, index) => ({ bench, added: byBench.get(index) ?? [] }));
  return { tier, tickets: tickets.toSorted(byAge), teams };
}
