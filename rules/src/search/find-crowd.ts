// The search for a match that is too large to look at every choice: everybody takes the first bench that suits.
import { compiledOnce, oncePer } from "../compile/compiled-once.ts";
import { type Rule, typeOf } from "../rule-types/table.ts";
import { rosterOfPlaced } from "./balance-teams.ts";
import type { Budget } from "./budget.ts";
import type { Candidate } from "./candidate.ts";
import { crowdOrders } from "./crowd-orders.ts";
import { type Division, finish, layTable, sizesFor } from "./lay-table.ts";
import type { Found, Plan, TierPlan } from "./search-plan.ts";
import { seatCrowd } from "./seat-crowd.ts";
import type { Bench, Seating } from "./seat-tickets.ts";

export type Seated = { readonly found: Found; readonly players: number };

/** Benches and tickets that a step lays out. */
const CROWD_PER_STEP = 32;

/** Divisions into teams that are tried for a crowd, each with every order of the tickets. */
const CROWD_DIVISIONS_MAX = 16;

/**
 * The most that sit down when everybody takes the first bench that suits, in the best of three orders. Where those who
 * found a seat are no legal match, as teams must be of one size, once more for as many as there were then.
 */
export function findCrowd(
  plan: Plan,
  crowd: Pick<Division, "tierPlan" | "tickets"> & { readonly least: number; readonly most: number },
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
