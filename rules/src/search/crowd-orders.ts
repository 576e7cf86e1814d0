// In which orders a crowd is asked to sit down. Who lies far apart can never sit together, so that a window over the values of
// all says at once whether there are enough, and who of them to ask first.
import type { Kinship } from "../rule-types/rule-type.ts";
import type { Candidate, Trait } from "./candidate.ts";

type Turn = { readonly tickets: readonly Candidate[]; readonly benchOrder: "emptiest" | "tightest" };

/**
 * The orders in which a crowd sits down: oldest first; those first who are within the distance that holds most beside the
 * anchor and those who are seated; largest first. None if no distance holds `least` players.
 */
export function crowdOrders(
  tickets: readonly Candidate[],
  least: number,
  measured: {
    readonly kinships: readonly (Kinship | undefined)[];
    readonly seatedTraits: readonly Trait[];
    readonly traitsOf: (ticket: Candidate) => readonly Trait[];
  },
): readonly Turn[] {
  const windows = measured.kinships.flatMap((kinship, rule) => {
    if (kinship?.type !== "within" || kinship.spread === Number.POSITIVE_INFINITY) return [];
    return [
      widestAround(tickets, {
        spread: kinship.spread,
        seated: measured.seatedTraits[rule],
        rangeOf: (one) => measured.traitsOf(one)[rule],
      }),
    ];
  });
  const [first] = windows.toSorted((one, other) => one.players - other.players);
  if (first && first.players < least) return [];
  const [anchor, ...others] = tickets;
  if (!anchor) return [];
  const near = first ? others.filter((one) => first.tickets.has(one)) : others;
  const far = first ? others.filter((one) => !first.tickets.has(one)) : [];
  const large = [...near].sort((one, other) => other.size - one.size);
  return [
    { tickets, benchOrder: "emptiest" },
    ...(far.length > 0 ? [{ tickets: [anchor, ...near, ...far], benchOrder: "emptiest" } as const] : []),
    { tickets: [anchor, ...large, ...far], benchOrder: "tightest" },
  ];
}

type Span = {
  readonly spread: number;
  readonly seated: Trait;
  readonly rangeOf: (ticket: Candidate) => Trait;
};

/** About the most players that lie within the spread with the first of `tickets` and the seated, not fewer; and whose they are. */
function widestAround(tickets: readonly Candidate[], { spread, seated, rangeOf }: Span) {
  const free = new Set(tickets.filter((ticket) => rangeOf(ticket)?.type !== "range")); // They lie everywhere.
  const ranged = tickets.flatMap((ticket) => {
    const trait = rangeOf(ticket);
    return trait?.type === "range" ? { ticket, low: trait.low, high: trait.high } : [];
  });
  ranged.sort((one, other) => one.low - other.low);
  const [anchor] = tickets;
  const fixed = [seated, anchor && rangeOf(anchor)].filter((trait) => trait?.type === "range");
  const lowest = fixed.reduce((least, { low }) => Math.min(least, low), Number.POSITIVE_INFINITY);
  const highest = fixed.reduce((most, { high }) => Math.max(most, high), Number.NEGATIVE_INFINITY);
  // It begins at somebody's value. By `low` alone a party may be counted that reaches out of it.
  const starts = [...ranged.map(({ low }) => low), ...(Number.isFinite(lowest) ? [lowest] : [])];
  let best = { from: Number.NaN, players: 0 };
  let first = 0;
  let end = 0;
  let players = 0;
  for (const from of starts.sort((one, other) => one - other)) {
    for (let next = ranged[end]; next && next.low <= from + spread; next = ranged[end]) {
      players += next.ticket.size;
      end += 1;
    }
    for (let last = ranged[first]; last && last.low < from; last = ranged[first]) {
      players -= last.ticket.size;
      first += 1;
    }
    if (from <= lowest && highest <= from + spread && players > best.players) best = { from, players };
  }
  const inside = ranged.filter(({ low, high }) => low >= best.from && high <= best.from + spread);
  const freePlayers = [...free].reduce((sum, ticket) => sum + ticket.size, 0);
  return {
    players: best.players + freePlayers,
    tickets: new Set([...free, ...inside.map(({ ticket }) => ticket)]),
  };
}
