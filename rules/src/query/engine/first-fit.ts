// The groups that one search of the compatible reading tries: each hit joins the first group that has room and objects to nobody, or
// begins one. Groups of the same classes are looked at once: of ten thousand, a hit that the first of them refuses is refused by all.
import { shareSession } from "../pool/query-ticket.ts";
import type { ClassTable, TicketClass } from "./ticket-class.ts";
import type { Waiting } from "./ticket-queue.ts";

export type FitGroup = {
  /** Its place in the order in which groups were begun. */
  readonly order: number;
  readonly tickets: Waiting[];
  size: number;
};

/** Groups of so many players of the same classes, those begun first in front. */
type Kind = {
  readonly classes: readonly TicketClass[];
  readonly size: number;
  readonly groups: FitGroup[];
  /** What a group becomes that a ticket of the class joins; undefined: none can. */
  readonly joined: Map<TicketClass, Kind | undefined>;
};

export type FirstFit = {
  /** Puts the hit into the group that it joins, and answers it. */
  place(hit: Waiting): FitGroup;
  /** What the last hit was compared with. */
  readonly compared: number;
};

/** No groups yet. `room`: players that one may have. With `isMutual` all have to accept one another. */
export function createFirstFit(
  table: ClassTable,
  { room, isMutual }: { readonly room: number; readonly isMutual: boolean },
): FirstFit {
  /** While there is one group, as for most searches: no kinds are told apart. */
  let only: { readonly group: FitGroup; readonly classes: TicketClass[] } | undefined;
  const kinds = new Map<string, Kind>();
  let open: Kind[] = [];
  let begun = 0;
  let compared = 0;

  const isMutualWith = (one: TicketClass, other: TicketClass) => table.accepts(one, other) && table.accepts(other, one);
  const kindOf = (classes: readonly TicketClass[], size: number): Kind => {
    const distinct = isMutual ? [...new Set(classes)].toSorted((one, other) => one.id - other.id) : [];
    const key = `${size}:${distinct.map(({ id }) => id).join()}`;
    const present = kinds.get(key) ?? { classes: distinct, size, groups: [], joined: new Map() };
    kinds.set(key, present);
    return present;
  };
  const joined = (kind: Kind, ticketClass: TicketClass): Kind | undefined => {
    if (kind.joined.has(ticketClass)) return kind.joined.get(ticketClass);
    const next = kind.classes.every((one) => isMutualWith(one, ticketClass))
      ? kindOf([...kind.classes, ticketClass], kind.size + ticketClass.players)
      : undefined;
    kind.joined.set(ticketClass, next);
    return next;
  };
  const enter = (kind: Kind, group: FitGroup) => {
    const { groups } = kind;
    if (groups.length === 0) open.push(kind);
    let at = groups.length;
    while (at > 0 && (groups[at - 1]?.order ?? 0) > group.order) at -= 1;
    groups.splice(at, 0, group);
  };

  const hasSession = ({ tickets }: FitGroup, hit: Waiting) =>
    tickets.some((one) => shareSession(one.ticket, hit.ticket));
  /** Whether the hit has joined the only group. */
  const joinOnly = (hit: Waiting): boolean => {
    if (!only) return false;
    const { group, classes } = only;
    const { ticketClass } = hit;
    if (group.size + ticketClass.players > room || hasSession(group, hit)) return false;
    if (isMutual && !classes.every((one) => isMutualWith(one, ticketClass))) return false;
    if (isMutual && !classes.includes(ticketClass)) classes.push(ticketClass);
    group.tickets.push(hit);
    group.size += ticketClass.players;
    return true;
  };
  const begin = (hit: Waiting): FitGroup => {
    const group: FitGroup = { order: begun, tickets: [hit], size: hit.ticketClass.players };
    begun += 1;
    if (begun === 1) only = { group, classes: [hit.ticketClass] };
    else enter(kindOf([hit.ticketClass], group.size), group);
    return group;
  };

  return {
    get compared() {
      return compared;
    },
    place(hit) {
      const { ticketClass } = hit;
      compared = open.length;
      if (begun === 0) return begin(hit);
      if (only) {
        if (joinOnly(hit)) return only.group;
        enter(kindOf(only.classes, only.group.size), only.group);
        only = undefined;
        return begin(hit);
      }
      let first: { readonly group: FitGroup; readonly from: Kind; readonly to: Kind } | undefined;
      for (const from of open) {
        if (from.size + ticketClass.players > room) continue;
        if (first && (from.groups[0]?.order ?? 0) > first.group.order) continue;
        const to = joined(from, ticketClass);
        if (!to) continue;
        const group = from.groups.find(({ tickets }) => !tickets.some((one) => shareSession(one.ticket, hit.ticket)));
        if (group && (!first || group.order < first.group.order)) first = { group, from, to };
      }
      if (!first) return begin(hit);
      const { group, from, to } = first;
      from.groups.splice(from.groups.indexOf(group), 1);
      if (from.groups.length === 0) open = open.filter((one) => one !== from);
      group.tickets.push(hit);
      group.size += ticketClass.players;
      enter(to, group);
      return group;
    },
  };
}
