// Who sits where in a match of many: the tickets in their order, each on the first bench that takes it, and no way back. What
// is left to try after hundreds have sat down is hopeless to go through; who suits the others is known from running values.
import type { RosterTeam } from "../roster.ts";
import type { Kinship } from "../rule-types/rule-type.ts";
import type { Budget } from "./budget.ts";
import { type Candidate, joinTraits, type Trait } from "./candidate.ts";
import { reachableSums } from "./reachable-sums.ts";
import { asksFor, type Bench, type Placed, type Seating, type SeatingTask } from "./seat-tickets.ts";

export type CrowdTask = Pick<SeatingTask, "benches" | "tickets" | "benchOrder" | "mayStillHold"> & {
  /** Whether a ticket has to be tried with `mayStillHold`, as what it measures alone does not say all. */
  readonly needsLook: (ticket: Candidate) => boolean;
  readonly kinships: readonly (Kinship | undefined)[];
  /** What those on the benches measure together. */
  readonly seatedTraits: readonly Trait[];
  readonly traitsOf: (ticket: Candidate) => readonly Trait[];
};

/** Tickets that a step passes: what their values say is seen at once. */
const TICKETS_PER_STEP = 4;

/**
 * As many of `tickets` as find a bench and suit everybody before them, the first in any case: the seats taken may be fewer
 * than are wanted. Undefined if not even the first sits down, or the budget ends.
 */
export function seatCrowd(task: CrowdTask, budget: Budget): Seating | undefined {
  const { benches, tickets, kinships } = task;
  const rooms = createRooms(benches, task.benchOrder);
  const roster = benches.map((bench) => ({ name: bench.name, players: [...bench.seated] }));
  let left = benches.reduce((sum, bench) => sum + bench.wanted, 0);
  const isReachable = reachableSums(
    tickets.map((ticket) => ticket.size),
    left,
  );
  const seatedIds = new Set<string>(benches.flatMap((bench) => bench.seated.map((player) => player.playerId)));
  const chosen: Candidate[] = [];
  const placed: Placed[] = [];
  let together = task.seatedTraits;
  let passed = 0;
  for (const [index, ticket] of tickets.entries()) {
    if (left === 0 || (index > 0 && chosen.length === 0)) break;
    passed += 1;
    if (passed % TICKETS_PER_STEP === 0) budget.left -= 1;
    if (budget.left <= 0) return undefined;
    if (ticket.size > left || ticket.ticket.players.some((player) => seatedIds.has(player.playerId))) continue;
    // Somebody smaller who comes later fills the gap, or nobody does anyway.
    if (!isReachable(index + 1, left - ticket.size) && isReachable(index + 1, left)) continue;
    const joined = joinTraits(kinships, together, task.traitsOf(ticket));
    const seats = joined && rooms.find(ticket);
    if (!joined || !seats) continue;
    if (task.needsLook(ticket)) {
      budget.left -= Math.ceil((chosen.length + 1) / TICKETS_PER_STEP);
      if (!mayJoin(task, roster, seats)) continue;
    }
    sit(roster, seats);
    rooms.take(seats);
    placed.push(...seats);
    chosen.push(ticket);
    for (const player of ticket.ticket.players) seatedIds.add(player.playerId);
    left -= ticket.size;
    together = joined;
  }
  return chosen.length === 0 ? undefined : { tickets: chosen, placed };
}

type GrowingTeam = { readonly name: string; readonly players: RosterTeam["players"][number][] };

function sit(roster: readonly GrowingTeam[], seats: readonly Placed[]): void {
  for (const { bench, group } of seats) roster[bench]?.players.push(...group.players);
}

function mayJoin({ mayStillHold }: CrowdTask, roster: readonly GrowingTeam[], seats: readonly Placed[]): boolean {
  sit(roster, seats);
  const may = mayStillHold(roster);
  for (const { bench, group } of seats.toReversed()) {
    const players = roster[bench]?.players;
    players?.splice(players.length - group.players.length);
  }
  return may;
}

type Rooms = {
  /** A bench for each group of the ticket; undefined if one finds none. */
  find(ticket: Candidate): readonly Placed[] | undefined;
  take(seats: readonly Placed[]): void;
};

/** The benches by the room that is left on them, so that one of 10,000 is found at once. */
function createRooms(benches: readonly Bench[], order: SeatingTask["benchOrder"]): Rooms {
  const left = benches.map((bench) => bench.wanted);
  const largest = left.reduce((most, room) => Math.max(most, room), 0);
  // Stacks by room, the first bench on top. What has changed since it was put there is thrown away when it comes up.
  const stacks: number[][] = Array.from({ length: largest + 1 }, () => []);
  for (let index = benches.length - 1; index >= 0; index -= 1) stacks[left[index] ?? 0]?.push(index);
  const topOf = (room: number): number | undefined => {
    const stack = stacks[room] ?? [];
    while (stack.length > 0 && left[stack.at(-1) ?? -1] !== room) stack.pop();
    return stack.at(-1);
  };
  let most = largest;
  const findAnywhere = (size: number): number | undefined => {
    if (order === "emptiest") {
      while (most > 0 && topOf(most) === undefined) most -= 1;
      return most >= size ? topOf(most) : undefined;
    }
    for (let room = size; room <= largest; room += 1) {
      const bench = topOf(room);
      if (bench !== undefined) return bench;
    }
    return undefined;
  };
  const move = (bench: number, size: number) => {
    left[bench] = (left[bench] ?? 0) - size;
    stacks[left[bench] ?? 0]?.push(bench);
    most = Math.max(most, left[bench] ?? 0);
  };
  return {
    find({ groups }) {
      const seats: Placed[] = [];
      for (const group of groups) {
        const size = group.players.length;
        const isSuiting = (bench: Bench, index: number) => (left[index] ?? 0) >= size && asksFor(group, bench);
        const bench =
          group.team === undefined
            ? findAnywhere(size)
            : benches.reduce<number | undefined>((best, one, index) => {
                if (!isSuiting(one, index)) return best;
                if (best === undefined) return index;
                const isBetter =
                  order === "emptiest"
                    ? (left[index] ?? 0) > (left[best] ?? 0)
                    : (left[index] ?? 0) < (left[best] ?? 0);
                return isBetter ? index : best;
              }, undefined);
        if (bench === undefined) break;
        seats.push({ bench, group });
        move(bench, size);
      }
      for (const { bench, group } of seats) move(bench, -group.players.length);
      return seats.length === groups.length ? seats : undefined;
    },
    take(seats) {
      for (const { bench, group } of seats) move(bench, group.players.length);
    },
  };
}
