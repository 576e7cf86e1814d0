// Who sits where, for given team sizes: depth-first over tickets in their order, the first ticket always in. It ends at
// the first legal seating, so the order of tickets is the order of preference.
import type { RosterTeam, SeatedPlayer } from "../roster.ts";
import type { Budget } from "./budget.ts";
import type { Candidate, Group } from "./candidate.ts";
import { reachableSums } from "./reachable-sums.ts";

/** An open team with who sits there already and how many it still takes: exactly that many. */
export type Bench = {
  readonly name: string;
  readonly template: string;
  readonly seated: readonly SeatedPlayer[];
  readonly wanted: number;
  /** False if a rule or a ticket names this instance, or somebody sits in it: it then differs from its twins. */
  readonly hasTwins: boolean;
};

export type SeatingTask = {
  readonly benches: readonly Bench[];
  /** In the order to try. The first is seated in any case. */
  readonly tickets: readonly Candidate[];
  /** Which bench a group tries first: the one with most room, so that teams grow evenly, or the one it fills best. */
  readonly benchOrder: "emptiest" | "tightest";
  /** False if the roster is broken whoever joins. */
  readonly mayStillHold: (roster: readonly RosterTeam[]) => boolean;
  readonly isLegal: (roster: readonly RosterTeam[], tickets: readonly Candidate[]) => boolean;
};

/** A group of a ticket on the bench of an index. */
export type Placed = { readonly bench: number; readonly group: Group };
export type Seating = { readonly tickets: readonly Candidate[]; readonly placed: readonly Placed[] };

/** The first legal seating, `exhausted` if there is none, `cut` if the budget ended before that was known. */
export function seatTickets(task: SeatingTask, budget: Budget): Seating | "exhausted" | "cut" {
  const { benches, tickets } = task;
  const roster = benches.map((bench) => ({ name: bench.name, players: [...bench.seated] }));
  const wanted = benches.map((bench) => bench.wanted);
  const total = wanted.reduce((sum, count) => sum + count, 0);
  const isReachable = reachableSums(
    tickets.map((ticket) => ticket.size),
    total,
  );
  // Groups of one ticket may sit on different benches, so that a bench can have one of them alone.
  const firstGroups = [0];
  for (const { groups } of tickets) firstGroups.push((firstGroups.at(-1) ?? 0) + groups.length);
  const isReachableByGroups =
    firstGroups.at(-1) === tickets.length
      ? isReachable
      : reachableSums(
          tickets.flatMap(({ groups }) => groups.map(({ players }) => players.length)),
          total,
        );
  const seatedIds = new Set(benches.flatMap((bench) => bench.seated.map((player) => player.playerId)));
  const chosen: Candidate[] = [];
  const placed: Placed[] = [];
  let isCut = false;

  const seat = (from: number, left: number): boolean => {
    if (left === 0) return spend() && task.isLegal(roster, chosen);
    const last = chosen.length === 0 ? 1 : tickets.length; // The anchor, or nobody.
    for (let i = from; i < last; i += 1) {
      const ticket = tickets[i];
      if (!ticket || !isReachable(i, left)) return false;
      if (ticket.size > left || hasSeatedPlayer(ticket)) continue;
      for (const seats of waysToSit(ticket.groups, { benches, wanted, order: task.benchOrder })) {
        if (!spend()) return false;
        sit(ticket, seats);
        if (canFillUp(i + 1) && task.mayStillHold(roster) && seat(i + 1, left - ticket.size)) return true;
        stand(ticket, seats);
      }
      if (isCut) return false;
    }
    return false;
  };
  /** No bench is left with a gap that the tickets from `index` on have no sizes for. */
  const canFillUp = (index: number) => wanted.every((count) => isReachableByGroups(firstGroups[index] ?? 0, count));
  const spend = (): boolean => {
    if (budget.left <= 0) isCut = true;
    else budget.left -= 1;
    return !isCut;
  };
  const hasSeatedPlayer = (ticket: Candidate) => ticket.ticket.players.some((player) => seatedIds.has(player.playerId));
  const sit = (ticket: Candidate, seats: readonly Placed[]) => {
    chosen.push(ticket);
    for (const seatOf of seats) {
      placed.push(seatOf);
      roster[seatOf.bench]?.players.push(...seatOf.group.players);
      wanted[seatOf.bench] = (wanted[seatOf.bench] ?? 0) - seatOf.group.players.length;
    }
    for (const player of ticket.ticket.players) seatedIds.add(player.playerId);
  };
  const stand = (ticket: Candidate, seats: readonly Placed[]) => {
    chosen.pop();
    for (const seatOf of seats) {
      placed.pop();
      const players = roster[seatOf.bench]?.players;
      players?.splice(players.length - seatOf.group.players.length);
      wanted[seatOf.bench] = (wanted[seatOf.bench] ?? 0) + seatOf.group.players.length;
    }
    for (const player of ticket.ticket.players) seatedIds.delete(player.playerId);
  };

  if (seat(0, total)) return { tickets: chosen, placed };
  return isCut ? "cut" : "exhausted";
}

type Benches = {
  readonly benches: readonly Bench[];
  readonly wanted: readonly number[];
  readonly order: SeatingTask["benchOrder"];
};

/** Every way to sit down the groups on benches with room, one of several alike twins only. */
function waysToSit(groups: readonly Group[], { benches, wanted, order }: Benches): readonly (readonly Placed[])[] {
  const [group, ...others] = groups;
  if (!group) return [[]];
  const size = group.players.length;
  const fitting = benches
    .flatMap((bench, index) => {
      const room = wanted[index] ?? 0;
      return room >= size && asksFor(group, bench) ? [{ bench, index, room }] : [];
    })
    .filter(({ bench, room }, at, all) => {
      const isUntouched = bench.hasTwins && room === bench.wanted;
      const isSame = (one: (typeof all)[number]) =>
        one.bench.hasTwins && one.bench.template === bench.template && one.bench.wanted === room && one.room === room;
      return !isUntouched || all.findIndex(isSame) === at;
    })
    .toSorted((one, other) => (order === "emptiest" ? other.room - one.room : one.room - other.room));
  if (others.length === 0) return fitting.map(({ index }) => [{ bench: index, group }]);
  return fitting.flatMap(({ index }) => {
    const rest = wanted.map((room, at) => (at === index ? room - size : room));
    return waysToSit(others, { benches, wanted: rest, order }).map((seats) => [{ bench: index, group }, ...seats]);
  });
}

/** Whether the group may sit there: who asks for a team sits in no other. */
export function asksFor(group: Group, bench: Bench): boolean {
  return group.team === undefined || group.team === bench.name || group.team === bench.template;
}
