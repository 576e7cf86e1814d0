// Lies about cancels: each makes a true history untrue in one place. A checker that lets one pass would let a matcher pass that told it.
import { type Entry, TERMINAL, type TicketView } from "../chaos/history/entry.ts";

export type Lie = {
  readonly name: string;
  /** What becomes of `entry`, an entry of `ticket`; undefined if the lie has no place there. */
  readonly tell: (entry: Entry, ticket: TicketFacts) => readonly Entry[] | undefined;
};

/** What the true history says of the entry's ticket. */
export type TicketFacts = {
  readonly end: TicketView;
  /** Of a call of the entry's: what was asked. */
  readonly op: string | undefined;
  /** How many of its cancels were granted before this entry. */
  readonly grantedBefore: number;
  /** Whether a match was ever formed with it. */
  readonly wasMatched: boolean;
};

type Answered = Extract<Entry, { readonly type: "answered" }>;
type Watched = Extract<Entry, { readonly type: "watched" }>;

const isCancel = (entry: Entry, { op }: TicketFacts): entry is Answered => entry.type === "answered" && op === "cancel";
const isChange = (entry: Entry): entry is Watched => entry.type === "watched" && entry.event === "STATE_CHANGED";
const isGranted = ({ outcome }: Answered) => "ok" in outcome;
const isTooLate = ({ outcome }: Answered) => "refused" in outcome && outcome.refused === "TICKET_ALREADY_MATCHED";
const cancelled = (view: TicketView): TicketView => ({ ...view, state: "CANCELLED", cause: "CANCELLED_BY_REQUEST" });

export const LIES: readonly Lie[] = [
  {
    name: "a cancel of a ticket that is seated says that it is done",
    tell: (entry, ticket) => {
      if (!isCancel(entry, ticket) || !isTooLate(entry) || ticket.end.state !== "COMPLETED") return undefined;
      return [{ ...entry, outcome: { ok: cancelled(ticket.end) } }];
    },
  },
  {
    name: "a cancel of a ticket that is seated says that it is done, with a version of before",
    tell: (entry, ticket) => {
      if (!isCancel(entry, ticket) || !isTooLate(entry) || ticket.end.state !== "COMPLETED") return undefined;
      return [{ ...entry, outcome: { ok: { ...cancelled(ticket.end), version: 1, matchId: undefined } } }];
    },
  },
  {
    name: "a cancel that was granted says that it was too late",
    tell: (entry, ticket) => {
      if (!isCancel(entry, ticket) || !isGranted(entry)) return undefined;
      return [{ ...entry, outcome: { refused: "TICKET_ALREADY_MATCHED", matchId: "match_of_nobody" } }];
    },
  },
  {
    name: "a cancel that was too late names another match",
    tell: (entry, ticket) => {
      if (!isCancel(entry, ticket) || !isTooLate(entry)) return undefined;
      return [{ ...entry, outcome: { refused: "TICKET_ALREADY_MATCHED", matchId: "match_of_others" } }];
    },
  },
  {
    name: "a cancel that was too late names no match",
    tell: (entry, ticket) => {
      if (!isCancel(entry, ticket) || !isTooLate(entry)) return undefined;
      return [{ ...entry, outcome: { refused: "TICKET_ALREADY_MATCHED" } }];
    },
  },
  {
    name: "a repeated cancel is answered with another version",
    tell: (entry, ticket) => {
      if (!isCancel(entry, ticket) || ticket.grantedBefore === 0) return undefined;
      const { outcome } = entry;
      if (!("ok" in outcome) || outcome.ok === "joined") return undefined;
      return [{ ...entry, outcome: { ok: { ...outcome.ok, version: outcome.ok.version + 1 } } }];
    },
  },
  {
    name: "a repeated cancel is refused",
    tell: (entry, ticket) => {
      if (!isCancel(entry, ticket) || ticket.grantedBefore === 0) return undefined;
      return [{ ...entry, outcome: { refused: "FIELD_INVALID" } }];
    },
  },
  {
    name: "a cancel has no answer",
    tell: (entry, ticket) => (isCancel(entry, ticket) ? [] : undefined),
  },
  {
    name: "a cancelled ticket goes on into a battle",
    tell: (entry, ticket) => {
      if (!isChange(entry) || entry.ticket.state !== "CANCELLED") return undefined;
      const { version } = entry.ticket;
      const seated = { ...ticket.end, state: "COMPLETED", cause: undefined, matchId: "m", version: version + 1 };
      return [entry, { ...entry, ticket: seated }];
    },
  },
  {
    name: "a cancelled ticket has a seat",
    tell: (entry, { end, wasMatched }) => {
      if (!isChange(entry) || entry.ticket.state !== "CANCELLED" || wasMatched) return undefined;
      const seat = { seat: "s", playerId: `p-${end.ticketId}`, ticketId: end.ticketId, team: "red", state: "RESERVED" };
      const session = {
        ...{ battleSessionId: "bs", revision: 1, state: "ACTIVE", matchId: "m", processId: "p", capacity: 2 },
        ...{ teams: [{ name: "red", capacity: 2 }], seats: [seat], backfill: undefined },
      };
      return [entry, { atMs: entry.atMs, type: "session", source: "feed", session }];
    },
  },
  {
    name: "the stream does not tell of an end",
    tell: (entry) => (isChange(entry) && TERMINAL.has(entry.ticket.state) ? [] : undefined),
  },
  {
    name: "the stream tells of another end",
    tell: (entry) => {
      if (!isChange(entry) || entry.ticket.state !== "CANCELLED") return undefined;
      return [{ ...entry, ticket: { ...entry.ticket, state: "TIMED_OUT" } }];
    },
  },
  {
    name: "a ticket is read as it was before it was cancelled",
    tell: (entry, { end, op }) => {
      if (entry.type !== "answered" || op !== "read" || end.state !== "CANCELLED") return undefined;
      return [
        { ...entry, outcome: { ok: { ...end, state: "SEARCHING", version: end.version - 1, cause: undefined } } },
      ];
    },
  },
  {
    name: "a ticket is gone after it was cancelled",
    tell: (entry, { end, op }) => {
      if (entry.type !== "answered" || op !== "read" || end.state !== "CANCELLED") return undefined;
      return [{ ...entry, outcome: { refused: "TICKET_NOT_FOUND" } }];
    },
  },
];

/** The history with the lie in it, once for each of up to `most` places that it has. */
export function* tellLie({ tell }: Lie, entries: readonly Entry[], most: number): Generator<readonly Entry[]> {
  const facts = readFacts(entries);
  const places: { readonly index: number; readonly told: readonly Entry[] }[] = [];
  for (const [index, entry] of entries.entries()) {
    const ticket = facts(entry);
    const told = ticket && tell(entry, ticket);
    if (told) places.push({ index, told });
  }
  const step = Math.max(1, Math.floor(places.length / most));
  for (let place = 0; place < places.length && place < most * step; place += step) {
    const chosen = places[place];
    if (chosen) yield entries.toSpliced(chosen.index, 1, ...chosen.told);
  }
}

/** Looks entries up in the order in which they stand. */
function readFacts(entries: readonly Entry[]): (entry: Entry) => TicketFacts | undefined {
  const calls = new Map<number, { readonly op: string; readonly ticketId: string }>();
  const ends = new Map<string, TicketView>();
  const granted = new Map<string, number>();
  const matched = new Set<string>();
  for (const entry of entries) {
    if (entry.type === "asked") calls.set(entry.call, { op: entry.ask.op, ticketId: entry.ask.ticketId });
    if (!isChange(entry)) continue;
    ends.set(entry.ticket.ticketId, entry.ticket);
    if (entry.ticket.matchId !== undefined) matched.add(entry.ticket.ticketId);
  }
  return (entry) => {
    const call = entry.type === "answered" ? calls.get(entry.call) : undefined;
    const ticketId = call?.ticketId ?? (isChange(entry) ? entry.ticket.ticketId : "");
    const end = ends.get(ticketId);
    if (!end) return undefined;
    const grantedBefore = granted.get(ticketId) ?? 0;
    if (call?.op === "cancel" && entry.type === "answered" && isGranted(entry))
      granted.set(ticketId, grantedBefore + 1);
    const wasMatched = matched.has(ticketId);
    return { end, op: call?.op, grantedBefore, wasMatched };
  };
}
