// Who came with whom: players of one ticket who sit in one team, which is a group of the seats.
import type { TeamReference } from "../../language/expression.ts";
import { oncePerLook } from "./look.ts";
import { type Scope, share } from "./scope.ts";
import { keyOf, type Seats, seatsOf } from "./seats.ts";

export type Parties = {
  /** By seat: the seat of the party's first member, and of the next one after this; -1 after the last. */
  readonly first: number[];
  readonly next: number[];
  /** False: everybody came alone. */
  hasAny: boolean;
};

/** Teams of more players find who came together by a map. */
const SCANNED_PLAYERS_MAX = 24;

export function partiesOf(scope: Scope, teams: TeamReference): () => Parties {
  return share(scope.parties, keyOf(teams), () => {
    const seats = seatsOf(scope, teams);
    const last = new Map<string, number>();
    const ids: Ids = [];
    return oncePerLook<Parties>(scope.look, { first: [], next: [], hasAny: false }, (parties) => {
      const seated = seats();
      parties.hasAny = false;
      for (let group = 0, from = 0; group < seated.groups; group += 1) {
        const to = seated.ends[group] ?? from;
        if (to - from > SCANNED_PLAYERS_MAX) joinByMap(seated, parties, { from, to, last });
        else joinByScan(seated, parties, { from, to, ids });
        from = to;
      }
      return parties;
    });
  });
}

/** Ticket ids by seat. */
type Ids = (string | undefined)[];
type Range = { readonly from: number; readonly to: number };

function joinByScan({ players }: Seats, parties: Parties, { from, to, ids }: Range & { readonly ids: Ids }): void {
  for (let at = from; at < to; at += 1) {
    const ticketId = players[at]?.ticketId;
    ids[at] = ticketId;
    let before = -1;
    if (ticketId !== undefined) {
      before = at - 1;
      while (before >= from && !isSame(ids[before], ticketId)) before -= 1;
      if (before < from) before = -1;
    }
    join(parties, at, before);
  }
}

/** Ids differ mostly in how they end, and one character is compared faster than a text. */
function isSame(one: string | undefined, other: string): boolean {
  if (one === undefined || one.length !== other.length) return false;
  const last = other.length - 1;
  return one.charCodeAt(last) === other.charCodeAt(last) && one === other;
}

function joinByMap({ players }: Seats, parties: Parties, range: Range & { readonly last: Map<string, number> }): void {
  const { from, to, last } = range;
  last.clear();
  for (let at = from; at < to; at += 1) {
    const ticketId = players[at]?.ticketId;
    join(parties, at, ticketId === undefined ? -1 : (last.get(ticketId) ?? -1));
    if (ticketId !== undefined) last.set(ticketId, at);
  }
}

/** `before` is the seat of the party's last member so far, or -1. */
function join(parties: Parties, at: number, before: number): void {
  const { first, next } = parties;
  next[at] = -1;
  if (before < 0) {
    first[at] = at;
    return;
  }
  first[at] = first[before] ?? before;
  next[before] = at;
  parties.hasAny = true;
}
