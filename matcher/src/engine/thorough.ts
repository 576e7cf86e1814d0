// The search that leaves nobody out: every seating of every choice of candidates with one ticket, largest matches first. It can
// stop anywhere and go on in a later round, so that in the end every neighbourhood has been looked at.
import type { JudgedTicket, SeatedPlayer } from "@muster/rules";
import {
  areKin,
  type Candidate,
  compiledOnce,
  isLegalSizes,
  listSizes,
  openInstances,
  type Room,
  type RosterTeam,
  roomLeft,
  type Sizes,
  traitsAt,
} from "@muster/rules/plan";
import type { PartyKinds } from "./party.ts";
import type { Level, Plan } from "./plan.ts";

/** Who sits where, team by team. */
export type Seating = {
  readonly tickets: readonly JudgedTicket[];
  readonly seats: readonly { readonly ticket: JudgedTicket; readonly player: SeatedPlayer; readonly team: string }[];
  /** Of the rules that hold at the match's own age. */
  readonly level: number;
};

export interface Thorough {
  /** Goes on until a match is found, everything has been looked at, or the budget is spent: a look at a roster is a step. */
  run(budget: { left: number }): Seating | "exhausted" | "cut";
}

export type ThoroughTask = {
  readonly plan: Plan;
  readonly kinds: PartyKinds;
  /** In every match that is tried. */
  readonly with: Candidate;
  /** In the order to try them. */
  readonly others: readonly Candidate[];
  /** Steps for any team sizes: then the next are tried. Default: as many as it takes. */
  readonly stepsPerDivision?: number;
  /** The level that a ticket's age has reached now. */
  readonly levelOf: (ticket: JudgedTicket) => number;
  /** False for one that has left since: it is in no match any more. */
  readonly isThere: (ticket: JudgedTicket) => boolean;
};

export function createThorough(task: ThoroughTask): Thorough {
  const { plan } = task;
  const isByOldest = plan.ruleSet.expansionAge === "oldest";
  const divisions = listDivisions(task);
  let walk: Walk | undefined;
  let left = 0;
  let isCut = false;

  /** By what holds at the age of its youngest, or oldest. */
  const ownLevel = (tickets: readonly Candidate[]): Level | undefined => {
    const levels = tickets.map(({ ticket }) => task.levelOf(ticket));
    return plan.levels[isByOldest ? Math.max(...levels) : Math.min(...levels)];
  };

  return {
    run(budget) {
      for (;;) {
        if (!walk) {
          const next = divisions.next();
          if (next.done) return isCut ? "cut" : "exhausted";
          walk = createWalk(next.value, task.kinds.named);
          left = task.stepsPerDivision ?? Number.POSITIVE_INFINITY;
        }
        const part = { left: Math.min(left, budget.left) };
        const lent = part.left;
        const found = walk.next(part);
        left -= lent - part.left;
        budget.left -= lent - part.left;
        if (found === "cut") {
          if (budget.left <= 0) return "cut";
          isCut = true; // These sizes have had their share.
        }
        if (found === "exhausted" || found === "cut") {
          walk = undefined;
          continue;
        }
        const { sizes } = walk.division;
        const own = ownLevel(found.tickets);
        if (!own || !found.tickets.every(({ ticket }) => task.isThere(ticket))) continue;
        if (!isLegalSizes(own.sizing, sizes) || !compiledOnce(own.tier.rules).holds(found.roster)) continue;
        return {
          level: own.index,
          tickets: found.tickets.map(({ ticket }) => ticket),
          seats: found.seated.map(({ candidate, player, team }) => ({ ticket: candidate.ticket, player, team })),
        };
      }
    },
  };
}

/** Team sizes at a level, and who may be in a match of these. */
type Division = {
  readonly level: Level;
  readonly sizes: Sizes;
  readonly anchor: Candidate;
  readonly others: readonly Candidate[];
};

/** The least expanded level first, of each the largest matches first. */
function* listDivisions(task: ThoroughTask): Generator<Division, undefined> {
  const { plan, kinds, levelOf, with: anchor, others } = task;
  const isByOldest = plan.ruleSet.expansionAge === "oldest";
  const [{ rules }] = plan.ruleSet.tiers;
  for (const level of plan.levels) {
    const mayBe = ({ ticket }: Candidate) =>
      isByOldest ? levelOf(ticket) <= level.index : levelOf(ticket) >= level.index;
    if (!mayBe(anchor)) continue;
    const traitsOf = traitsAt(level.tier.rules, rules);
    const own = traitsOf(anchor);
    const kin = others.filter((other) => mayBe(other) && areKin(level.kinships, own, traitsOf(other)));
    const available = kin.reduce((sum, { size }) => sum + size, anchor.size);
    for (let players = Math.min(available, roomLeft(level.sizing)); players >= anchor.size; players -= 1) {
      for (const sizes of listSizes(level.sizing, players, kinds.named).list)
        yield { level, sizes, anchor, others: kin };
    }
  }
  return undefined;
}

type Walk = {
  readonly division: Division;
  next(budget: { left: number }):
    | {
        readonly tickets: readonly Candidate[];
        readonly roster: readonly RosterTeam[];
        readonly seated: readonly {
          readonly candidate: Candidate;
          readonly player: SeatedPlayer;
          readonly team: string;
        }[];
      }
    | "exhausted"
    | "cut";
};

/** A choice at one depth: a candidate, and one of the ways to seat its groups. */
type Choice = { index: number; ways: readonly (readonly number[])[] | undefined; way: number };

/** Depth first over the candidates, with its place kept from one call to the next. */
function createWalk(division: Division, named: ReadonlySet<string>): Walk {
  const { level, sizes, anchor, others } = division;
  const candidates = [anchor, ...others];
  const sizeOf = new Map(level.sizing.rooms.map((room, index) => [room.name, sizes[index] ?? 0]));
  const names = level.sizing.teams.flatMap((team) => openInstances(team, (name) => sizeOf.get(name) ?? 0));
  const isOpen = new Set(names);
  const open = level.sizing.rooms.flatMap((room, index) =>
    isOpen.has(room.name) ? [{ room, size: sizes[index] ?? 0, isDistinct: named.has(room.name) }] : [],
  );
  const wanted = open.map(({ size }) => size);
  const roster = open.map(({ room }) => ({ name: room.name, players: [] as SeatedPlayer[] }));
  const chosen: { readonly candidate: Candidate; readonly at: readonly number[] }[] = [];
  const { mayStillHold } = compiledOnce(level.tier.rules);
  let left = wanted.reduce((sum, count) => sum + count, 0);
  /** Players of the candidates from each index on: what is left must come to as many at least. */
  const after = new Array<number>(candidates.length + 1).fill(0);
  for (let index = candidates.length - 1; index >= 0; index -= 1) {
    after[index] = (after[index + 1] ?? 0) + (candidates[index]?.size ?? 0);
  }
  const path: Choice[] = [{ index: 0, ways: undefined, way: -1 }];

  const sit = (candidate: Candidate, at: readonly number[]) => {
    chosen.push({ candidate, at });
    left -= candidate.size;
    for (const [index, { players }] of candidate.groups.entries()) {
      const bench = at[index] ?? 0;
      roster[bench]?.players.push(...players);
      wanted[bench] = (wanted[bench] ?? 0) - players.length;
    }
  };
  const stand = () => {
    const last = chosen.pop();
    if (!last) return;
    left += last.candidate.size;
    for (const [index, { players }] of last.candidate.groups.entries()) {
      const bench = last.at[index] ?? 0;
      const there = roster[bench]?.players;
      there?.splice(there.length - players.length);
      wanted[bench] = (wanted[bench] ?? 0) + players.length;
    }
  };
  /** Moves on to the next seat that may lead somewhere; false when there is none any more. */
  const advance = (budget: { left: number }): "seated" | "exhausted" | "cut" => {
    for (let choice = path.at(-1); choice; choice = path.at(-1)) {
      if (chosen.length === path.length) stand();
      const last = path.length === 1 ? 1 : candidates.length; // The anchor, or nobody.
      while (choice.index < last && (after[choice.index] ?? 0) >= left) {
        const candidate = candidates[choice.index];
        if (!candidate) break;
        choice.ways ??= candidate.size > left ? [] : waysToSit(candidate, open, wanted);
        choice.way += 1;
        const at = choice.ways[choice.way];
        if (!at) {
          choice.index += 1;
          choice.ways = undefined;
          choice.way = -1;
          continue;
        }
        if (budget.left <= 0) {
          choice.way -= 1;
          return "cut";
        }
        budget.left -= 1;
        sit(candidate, at);
        if (mayStillHold(roster)) return "seated";
        stand();
      }
      path.pop();
    }
    return "exhausted";
  };

  return {
    division,
    next(budget) {
      for (;;) {
        // After a full match the next choice is made at the same depth; else one deeper.
        if (chosen.length === path.length && left > 0) {
          path.push({ index: (path.at(-1)?.index ?? 0) + 1, ways: undefined, way: -1 });
        }
        const moved = advance(budget);
        if (moved !== "seated") return moved;
        if (left > 0) continue;
        return {
          tickets: chosen.map(({ candidate }) => candidate),
          roster,
          seated: open.flatMap(({ room }, bench) =>
            chosen.flatMap(({ candidate, at }) =>
              candidate.groups.flatMap((group, index) =>
                at[index] === bench ? group.players.map((player) => ({ candidate, player, team: room.name })) : [],
              ),
            ),
          ),
        };
      }
    },
  };
}

/** `isDistinct`: a rule or a ticket names it, so that it differs from its like. */
type OpenRoom = { readonly room: Room; readonly size: number; readonly isDistinct: boolean };

/** Every way to seat the groups; of empty rooms that are alike only the first. */
function waysToSit(
  { groups }: Candidate,
  open: readonly OpenRoom[],
  wanted: readonly number[],
): readonly (readonly number[])[] {
  const ways: (readonly number[])[] = [];
  const place = (index: number, at: readonly number[]) => {
    const group = groups[index];
    if (!group) {
      ways.push(at);
      return;
    }
    const tried = new Set<string>();
    // The emptiest first, so that teams grow alike.
    const order = open.map((_, bench) => bench).sort((one, other) => (wanted[other] ?? 0) - (wanted[one] ?? 0));
    for (const bench of order) {
      const { room, size, isDistinct } = open[bench] ?? raise();
      const taken = at.reduce((sum, other, of) => sum + (other === bench ? (groups[of]?.players.length ?? 0) : 0), 0);
      const gap = (wanted[bench] ?? 0) - taken;
      if (gap < group.players.length) continue;
      if (group.team !== undefined && group.team !== room.name && group.team !== room.template.name) continue;
      const isUntouched = gap === size && !isDistinct;
      const look = `${room.template.name} ${size}`;
      if (isUntouched && tried.has(look)) continue;
      if (isUntouched) tried.add(look);
      place(index + 1, [...at, bench]);
    }
  };
  place(0, []);
  return ways;
}

function raise(): never {
  throw new RangeError("a bench is one of those that are open");
}
