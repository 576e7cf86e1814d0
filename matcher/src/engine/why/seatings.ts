// Whether two parties find a seat in one match: by their sizes, and by the teams that they ask for. Asked of kinds of parties,
// of which there are few, and remembered.
import type { Room } from "@muster/rules/plan";
import type { PartyGroup, PartyKinds } from "../party.ts";
import type { Plan } from "../plan.ts";

export interface Seatings {
  /** Whether the teams of the level have room for a ticket of each kind at once. */
  canSit(one: number, other: number, level: number): boolean;
}

export function createSeatings({ levels }: Plan, kinds: PartyKinds): Seatings {
  const known = levels.map(() => new Map<number, boolean>());
  return {
    canSit(one, other, level) {
      const key = Math.min(one, other) * KINDS_MAX + Math.max(one, other);
      const answers = known[level];
      const before = answers?.get(key);
      if (before !== undefined) return before;
      const groups = [...kinds.get(one).groups, ...kinds.get(other).groups];
      const answer = canSeat(levels[level]?.sizing.rooms ?? [], groups);
      answers?.set(key, answer);
      return answer;
    },
  };
}

/** A kind fits into 16 bits. */
const KINDS_MAX = 65_536;

/**
 * Whether the groups find room, each in one team. Groups of two tickets that ask for teams are few; the largest go first, so
 * that what cannot be shows soon.
 */
function canSeat(rooms: readonly Room[], groups: readonly PartyGroup[]): boolean {
  const left = rooms.map(({ max, seated }) => max - seated);
  const ordered = groups.toSorted((one, other) => other.size - one.size);
  const place = (index: number): boolean => {
    const group = ordered[index];
    if (!group) return true;
    const tried = new Set<string>();
    for (const [room, spec] of rooms.entries()) {
      const gap = left[room] ?? 0;
      if (gap < group.size || !suits(group.team, spec)) continue;
      // Rooms of one team with one gap stand for one another, unless somebody names one of them.
      const look = ordered.some(({ team }) => team === spec.name) ? spec.name : `${spec.template.name} ${gap}`;
      if (tried.has(look)) continue;
      tried.add(look);
      left[room] = gap - group.size;
      if (place(index + 1)) return true;
      left[room] = gap;
    }
    return false;
  };
  return place(0);
}

function suits(team: string | undefined, room: Room): boolean {
  return team === undefined || team === room.name || team === room.template.name;
}
