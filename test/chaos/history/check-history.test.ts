// Every finding can be found: each test is a history with one broken promise in it, beside the same without.
import { expect, test } from "vitest";
import { checkHistory } from "./check-history.ts";
import type { Ask, Entry, Outcome, SeatView, SessionView, TicketView } from "./entry.ts";

type Body = Entry extends infer One ? (One extends Entry ? Omit<One, "atMs"> : never) : never;

/** Entries one ms apart, as a history writes them. */
function historyOf(...bodies: readonly (Body | readonly Body[])[]): readonly Entry[] {
  return bodies.flat().map((body, index): Entry => ({ atMs: index + 1, ...body }) as Entry);
}

let calls = 0;
const begin = (ask: Ask): { readonly call: number; readonly body: Body } => {
  calls += 1;
  return { call: calls, body: { type: "asked", call: calls, via: "test", ask } };
};
const end = (call: number, outcome: Outcome): Body => ({ type: "answered", call, outcome });
const called = (ask: Ask, outcome: Outcome): readonly Body[] => {
  const { call, body } = begin(ask);
  return [body, end(call, outcome)];
};

const view = (state: string, version: number, more: Partial<TicketView> = {}): TicketView => ({
  ticketId: "t1",
  version,
  state,
  cause: undefined,
  matchId: state === "SEARCHING" ? undefined : "m1",
  battleSessionId: state === "COMPLETED" ? "bs1" : undefined,
  body: "duel ann/",
  seatedPlayers: state === "COMPLETED" ? 1 : 0,
  ...more,
});
const startAsk = (more: Partial<Extract<Ask, { op: "start" }>> = {}): Ask => ({
  op: "start",
  ticketId: "t1",
  body: "duel ann/",
  playerIds: ["ann"],
  ...more,
});
const started = called(startAsk(), { ok: view("SEARCHING", 1) });
const read = (seen: TicketView) => called({ op: "read", ticketId: seen.ticketId }, { ok: seen });
const absent = called({ op: "read", ticketId: "t1" }, { refused: "TICKET_NOT_FOUND" });
const cancelled = called({ op: "cancel", ticketId: "t1" }, { ok: view("CANCELLED", 2, { matchId: undefined }) });
const tooLate = (matchId: string | undefined) =>
  called({ op: "cancel", ticketId: "t1" }, { refused: "TICKET_ALREADY_MATCHED", matchId });
const proposed = read(view("REQUIRES_ACCEPTANCE", 2));
const answered = (answer: "ACCEPT" | "REFUSE", matchId = "m1") =>
  called({ op: "answer", ticketId: "t1", matchId, playerIds: ["ann"], answer }, { ok: view("REQUIRES_ACCEPTANCE", 2) });
const opened = (anew: boolean): Body => ({ type: "watch-opened", watcher: "w", anew });
const watched = (ticket: TicketView): Body => ({ type: "watched", watcher: "w", event: "STATE_CHANGED", ticket });
const drained: Body = { type: "drained" };

const seat = (more: Partial<SeatView> = {}): SeatView => ({
  seat: "#1",
  playerId: "ann",
  ticketId: "t1",
  team: "red",
  state: "ACTIVE",
  ...more,
});
const session = (revision: number, seats: readonly SeatView[], more: Partial<SessionView> = {}): SessionView => ({
  battleSessionId: "bs1",
  revision,
  state: "ACTIVE",
  matchId: "m1",
  processId: "p1",
  capacity: 2,
  teams: [
    { name: "red", capacity: 1 },
    { name: "blue", capacity: 1 },
  ],
  seats,
  backfill: undefined,
  ...more,
});
const feed = (shown: SessionView): Body => ({ type: "session", source: "feed", session: shown });
const asked = (shown: SessionView, askedMs: number): Body => ({
  type: "session",
  source: "asked",
  askedMs,
  session: shown,
});
const server = (did: "joined" | "left", more: Partial<Extract<Entry, { type: "server" }>> = {}): Body => ({
  type: "server",
  did,
  processId: "p1",
  battleSessionId: "bs1",
  playerId: "ann",
  seat: "#1",
  returned: false,
  ...more,
});
const backfill = (backfillId: string, state: string) => ({ backfill: { backfillId, state } });

const whole: readonly { readonly name: string; readonly entries: readonly Entry[] }[] = [
  {
    name: "a match that is accepted, and one of which nobody heard that it was started",
    entries: historyOf(
      ...[started, proposed, answered("ACCEPT"), read(view("COMPLETED", 3))],
      called(startAsk({ ticketId: "t2", playerIds: ["bob"], body: "duel bob/" }), { unknown: "PEER_UNREACHABLE" }),
      read(view("CANCELLED", 3, { ticketId: "t2", body: "duel bob/", cause: "ACCEPTANCE_TIMED_OUT" })),
    ),
  },
  {
    name: "a ticket that is matched",
    entries: historyOf(started, read(view("PLACING", 2)), read(view("COMPLETED", 3))),
  },
  {
    name: "a start that nobody heard of, and that never came to be",
    entries: historyOf(called(startAsk(), { unknown: "x" }), absent),
  },
  { name: "a ticket that is read before it is there", entries: historyOf(absent, started) },
  {
    name: "a cancelled ticket",
    entries: historyOf(started, cancelled, read(view("CANCELLED", 2, { matchId: undefined }))),
  },
  {
    name: "a ticket that is prepared, and called off as a member leaves",
    entries: historyOf(
      called(startAsk(), { ok: view("PREPARING", 1, { matchId: undefined }) }),
      called({ op: "come", ticketId: "t1", playerId: "ann" }, { ok: view("SEARCHING", 2) }),
      called(
        { op: "part", ticketId: "t1" },
        { ok: view("CANCELLED", 3, { matchId: undefined, cause: "PARTY_CHANGED" }) },
      ),
    ),
  },
  { name: "a cancel that is too late", entries: historyOf(started, tooLate("m1"), read(view("COMPLETED", 3))) },
  {
    name: "another body that is refused",
    entries: historyOf(started, called(startAsk({ body: "duel bob/" }), { refused: "ID_REUSED" })),
  },
  { name: "reads that overlap", entries: overlappingReads() },
  {
    name: "a watch that starts anew",
    entries: historyOf(opened(true), watched(view("SEARCHING", 1)), opened(true), watched(view("SEARCHING", 1))),
  },
  {
    name: "a placement after one whose seats ran out",
    entries: historyOf(
      feed(session(1, [seat()])),
      feed(session(2, [])),
      feed(session(1, [seat()], { battleSessionId: "bs2", matchId: "m2" })),
    ),
  },
  {
    name: "a player who comes back",
    entries: historyOf(
      feed(session(1, [seat()])),
      server("joined"),
      server("left"),
      server("joined", { returned: true }),
    ),
  },
  {
    name: "a backfill after one that ended",
    entries: historyOf(
      feed(session(1, [], backfill("b1", "CANCELLED"))),
      feed(session(2, [], backfill("b2", "SEARCHING"))),
    ),
  },
];
for (const { name, entries } of whole) {
  test(`nothing is found in ${name}`, () => {
    expect(checkHistory(entries)).toEqual([]);
  });
}

const broken: readonly { readonly promise: string; readonly name: string; readonly entries: readonly Entry[] }[] = [
  { promise: "T-NO-LOSS", name: "an acknowledged ticket is unknown later", entries: historyOf(started, absent) },
  { promise: "T-NO-LOSS", name: "an acknowledged ticket is not read at the end", entries: historyOf(started, drained) },
  {
    promise: "Q-MONOTONIC",
    name: "a version goes back",
    entries: historyOf(read(view("PLACING", 2)), read(view("SEARCHING", 1))),
  },
  {
    promise: "Q-MONOTONIC",
    name: "a version that a watch showed goes back",
    entries: historyOf(watched(view("PLACING", 2)), read(view("SEARCHING", 1))),
  },
  {
    promise: "Q-MONOTONIC",
    name: "a version has two contents",
    entries: historyOf(read(view("PLACING", 2)), read(view("PLACING", 2, { matchId: "m2" }))),
  },
  {
    promise: "T-ONE-TERMINAL",
    name: "a last state is left",
    entries: historyOf(read(view("TIMED_OUT", 2)), read(view("SEARCHING", 3))),
  },
  {
    promise: "T-ONE-TERMINAL",
    name: "there are two last states",
    entries: historyOf(read(view("TIMED_OUT", 2)), read(view("COMPLETED", 3))),
  },
  {
    promise: "T-ONE-TERMINAL",
    name: "a ticket never ends",
    entries: historyOf(started, drained, read(view("SEARCHING", 1))),
  },
  {
    promise: "T-LEGAL-EDGE",
    name: "a placed ticket is cancelled",
    entries: historyOf(
      read(view("PLACING", 2)),
      called({ op: "cancel", ticketId: "t1" }, { ok: view("CANCELLED", 3) }),
    ),
  },
  {
    promise: "T-PARTY",
    name: "a ticket waits on without a member",
    entries: historyOf(started, called({ op: "part", ticketId: "t1" }, { ok: view("SEARCHING", 1) })),
  },
  {
    promise: "T-PARTY",
    name: "a ticket searches again without a member",
    entries: historyOf(
      started,
      called({ op: "part", ticketId: "t1" }, { ok: view("PLACING", 2) }),
      read(view("SEARCHING", 3)),
    ),
  },
  {
    promise: "T-PARTY",
    name: "a party calls its ticket off and nobody has left",
    entries: historyOf(started, read(view("CANCELLED", 2, { cause: "PARTY_CHANGED" }))),
  },
  { promise: "T-LEGAL-EDGE", name: "a ticket begins in the middle", entries: historyOf(read(view("PLACING", 1))) },
  {
    promise: "T-IDEMPOTENT",
    name: "another body is taken",
    entries: historyOf(started, called(startAsk({ body: "duel bob/" }), { ok: view("SEARCHING", 1) })),
  },
  {
    promise: "T-IDEMPOTENT",
    name: "the body changes",
    entries: historyOf(started, read(view("SEARCHING", 1, { body: "duel bob/" }))),
  },
  {
    promise: "T-IDEMPOTENT",
    name: "the same body is refused",
    entries: historyOf(started, called(startAsk(), { refused: "ID_REUSED" })),
  },
  {
    promise: "T-CANCEL-TRUTH",
    name: "a cancelled ticket completes",
    entries: historyOf(started, cancelled, read(view("COMPLETED", 3))),
  },
  {
    promise: "T-CANCEL-TRUTH",
    name: "a cancel is granted and changes nothing",
    entries: historyOf(started, called({ op: "cancel", ticketId: "t1" }, { ok: view("SEARCHING", 1) })),
  },
  { promise: "T-CANCEL-TRUTH", name: "a late cancel names no match", entries: historyOf(started, tooLate(undefined)) },
  { promise: "T-CANCEL-TRUTH", name: "nobody asked", entries: historyOf(started, read(view("CANCELLED", 2))) },
  {
    promise: "M-ACCEPT-ALL",
    name: "a match is placed that a player never accepted",
    entries: historyOf(started, proposed, read(view("COMPLETED", 3))),
  },
  {
    promise: "M-ACCEPT-ALL",
    name: "an acceptance of another match counts",
    entries: historyOf(started, proposed, answered("ACCEPT", "m0"), read(view("PLACING", 3))),
  },
  {
    promise: "M-ACCEPT-ALL",
    name: "a refused match is placed",
    entries: historyOf(started, proposed, answered("ACCEPT"), answered("REFUSE"), read(view("COMPLETED", 3))),
  },
  {
    promise: "M-ACCEPT-ALL",
    name: "a refusal that nobody spoke",
    entries: historyOf(started, proposed, read(view("CANCELLED", 3, { cause: "ACCEPTANCE_REFUSED" }))),
  },
  {
    promise: "M-ACCEPT-ALL",
    name: "an acceptance that was taken is called silence",
    entries: historyOf(
      started,
      proposed,
      answered("ACCEPT"),
      read(view("CANCELLED", 3, { cause: "ACCEPTANCE_TIMED_OUT" })),
    ),
  },
  {
    promise: "T-CANCEL-TRUTH",
    name: "a cancelled ticket has a seat",
    entries: historyOf(started, cancelled, asked(session(1, [seat()]), 5)),
  },
  {
    promise: "T-PLAYER-ONCE",
    name: "a player waits twice",
    entries: historyOf(
      started,
      called(startAsk({ ticketId: "t2" }), { ok: view("SEARCHING", 1, { ticketId: "t2" }) }),
      read(view("SEARCHING", 1)),
    ),
  },
  {
    promise: "M-WHOLE",
    name: "a party is split",
    entries: historyOf(
      called(startAsk({ playerIds: ["ann", "bob"] }), { ok: view("SEARCHING", 1) }),
      read(view("COMPLETED", 3)),
    ),
  },
  {
    promise: "M-DISJOINT",
    name: "a ticket has seats in two sessions at once",
    entries: historyOf(
      feed(session(1, [seat()])),
      feed(session(1, [seat()], { battleSessionId: "bs2", matchId: "m2" })),
    ),
  },
  {
    promise: "M-DISJOINT",
    name: "a ticket is completed with two sessions",
    entries: historyOf(read(view("COMPLETED", 3)), read(view("COMPLETED", 4, { battleSessionId: "bs2" }))),
  },
  {
    promise: "M-DISJOINT",
    name: "a completed ticket gets a seat elsewhere",
    entries: historyOf(
      read(view("COMPLETED", 3)),
      feed(session(1, [seat()])),
      feed(session(2, [])),
      feed(session(1, [seat()], { battleSessionId: "bs2", matchId: "m2" })),
    ),
  },
  {
    promise: "M-DISJOINT",
    name: "a player is seated twice",
    entries: historyOf(feed(session(1, [seat(), seat({ seat: "#2", team: "blue" })]))),
  },
  {
    promise: "S-CAPACITY",
    name: "a team is too full",
    entries: historyOf(feed(session(1, [seat(), seat({ seat: "#2", playerId: "bob" })]))),
  },
  {
    promise: "S-CAPACITY",
    name: "a session is too full",
    entries: historyOf(feed(session(1, [seat(), seat({ seat: "#2", playerId: "bob" })], { capacity: 1, teams: [] }))),
  },
  {
    promise: "S-CAPACITY",
    name: "an ended session holds seats",
    entries: historyOf(feed(session(1, [seat()], { state: "TERMINATED" }))),
  },
  {
    promise: "S-CAPACITY",
    name: "more are in than the session takes",
    entries: historyOf(
      feed(session(1, [seat()], { capacity: 1, teams: [] })),
      feed(session(2, [seat({ seat: "#2", playerId: "bob" })], { capacity: 1, teams: [] })),
      server("joined"),
      server("joined", { seat: "#2", playerId: "bob" }),
    ),
  },
  {
    promise: "S-ONE-PER-MATCH",
    name: "a match has two battles",
    entries: historyOf(
      feed(session(1, [seat()])),
      feed(session(2, [])),
      feed(session(1, [seat({ ticketId: "t2" })], { battleSessionId: "bs2" })),
    ),
  },
  {
    promise: "E-ORDER",
    name: "a watch leaves a version out",
    entries: historyOf(opened(true), watched(view("SEARCHING", 1)), opened(false), watched(view("COMPLETED", 3))),
  },
  {
    promise: "E-ORDER",
    name: "a watch says a version again",
    entries: historyOf(opened(true), watched(view("SEARCHING", 1)), opened(false), watched(view("SEARCHING", 1))),
  },
  {
    promise: "E-ORDER",
    name: "the feed leaves a change out",
    entries: historyOf({ type: "feed-gap", battleSessionId: "bs1", from: 1, to: 3 }),
  },
  {
    promise: "Q-MONOTONIC",
    name: "the feed goes back",
    entries: historyOf(feed(session(2, [])), feed(session(1, []))),
  },
  {
    promise: "B-ONE-LIVE",
    name: "a session has two live backfills",
    entries: historyOf(
      feed(session(1, [], backfill("b1", "PAUSED"))),
      feed(session(2, [], backfill("b2", "SEARCHING"))),
    ),
  },
  {
    promise: "P-ACCEPT-ONCE",
    name: "a seat is taken twice",
    entries: historyOf(feed(session(1, [seat()])), server("joined"), server("left"), server("joined")),
  },
  {
    promise: "P-ACCEPT-ONCE",
    name: "a seat is taken at another process",
    entries: historyOf(feed(session(1, [seat()])), server("joined", { processId: "p2" })),
  },
  {
    promise: "P-RESERVE-EXPIRES",
    name: "a seat never ends",
    entries: historyOf(drained, asked(session(1, [seat({ state: "RESERVED" })]), 2)),
  },
];
for (const { promise, name, entries } of broken) {
  test(`${promise} is found broken when ${name}`, () => {
    expect(checkHistory(entries).map((finding) => finding.promise)).toContain(promise);
  });
}

/** A read that began before another one ended may show less than it. */
function overlappingReads(): readonly Entry[] {
  const late = begin({ op: "read", ticketId: "t1" });
  const [body, answer] = read(view("PLACING", 2));
  if (!body || !answer) throw new Error("Cannot read without a call");
  return historyOf(started, late.body, body, answer, end(late.call, { ok: view("SEARCHING", 1) }));
}
