import type { BattleSession, PlayerSession, SessionChange } from "@muster/proto";
import { isMatcherAllowed } from "@muster/proto/grpc";
import { expect, test } from "vitest";
import { HEALTH_AT_START, type HealthAnswer, stepHealth } from "./health-judge.ts";
import { becomeReady, beginTerminating, type ProcessPhase } from "./phase.ts";
import { type SeatSelection, selectSeats } from "./select-seats.ts";
import { type BookedSession, bookChange, bookSession, catchUp, findSeat } from "./session-book.ts";
import { mayStandIn, type StandInSeat, standInForAccept, standInForLeave } from "./stand-in.ts";

const settings = { intervalMs: 5_000, timeoutMs: 2_500, missesMax: 3 };
const healthRuns: readonly { name: string; answers: readonly HealthAnswer[]; phase: string; waitMs: number }[] = [
  { name: "waits an interval after a good answer", answers: ["healthy"], phase: "asking", waitMs: 5_000 },
  { name: "asks again at once after a miss", answers: ["silent"], phase: "asking", waitMs: 0 },
  { name: "gives up after three misses", answers: ["silent", "unhealthy", "silent"], phase: "unhealthy", waitMs: 0 },
  {
    name: "forgets misses after a good answer",
    answers: ["silent", "silent", "healthy", "silent"],
    phase: "asking",
    waitMs: 0,
  },
  { name: "stays given up", answers: ["silent", "silent", "silent", "healthy"], phase: "unhealthy", waitMs: 0 },
];
for (const { name, answers, phase, waitMs } of healthRuns) {
  test(`stepHealth() ${name}`, () => {
    let step: ReturnType<typeof stepHealth> = { next: HEALTH_AT_START, waitMs: 0 };
    for (const answer of answers) step = stepHealth(step.next, answer, settings);
    expect(step.next.phase).toBe(phase);
    expect(step.waitMs).toBe(waitMs);
  });
}

const ready = { ports: { game: 7500 }, concurrentSessions: 1 };
test("becomeReady() takes a repeat with the same words as no news", () => {
  const phase = becomeReady({ phase: "starting" }, ready);
  expect(becomeReady(phase, { ports: { game: 7500 }, concurrentSessions: 1 })).toBe(phase);
});
const conflicts: readonly { name: string; phase: ProcessPhase }[] = [
  { name: "ready with another port", phase: { phase: "ready", ready: { ports: { game: 1 }, concurrentSessions: 1 } } },
  {
    name: "ready with more sessions",
    phase: { phase: "ready", ready: { ports: { game: 7500 }, concurrentSessions: 2 } },
  },
  { name: "terminating", phase: { phase: "terminating", deadlineMs: 1, reason: "x" } },
  { name: "ended", phase: { phase: "ended" } },
];
for (const { name, phase } of conflicts) {
  test(`becomeReady() refuses a process that is ${name}`, () => {
    expect(() => becomeReady(phase, ready)).toThrow(expect.objectContaining({ reason: "PHASE_CONFLICT" }));
  });
}
test("beginTerminating() keeps the earlier deadline", () => {
  const first = beginTerminating({ phase: "starting" }, { deadlineMs: 10, reason: "first" });
  expect(beginTerminating(first, { deadlineMs: 20, reason: "second" })).toBe(first);
  expect(beginTerminating(first, { deadlineMs: 5, reason: "sooner" })).toMatchObject({
    deadlineMs: 5,
    reason: "sooner",
  });
  expect(beginTerminating({ phase: "ended" }, { deadlineMs: 5, reason: "late" })).toEqual({ phase: "ended" });
});

const matchers = [
  { endpoint: "127.0.0.1:7410", allowed: [], answer: true },
  { endpoint: "localhost:7410", allowed: [], answer: true },
  { endpoint: "[::1]:7410", allowed: [], answer: true },
  { endpoint: "unix:/run/matcher.sock", allowed: [], answer: true },
  { endpoint: "10.0.0.1:7410", allowed: [], answer: false },
  { endpoint: "127.0.0.1.evil.example:7410", allowed: [], answer: false },
  { endpoint: "matcher.example:7410", allowed: ["matcher.example"], answer: true },
  { endpoint: "matcher.example:7410", allowed: ["matcher.example:7411"], answer: false },
  { endpoint: "127.0.0.1:7410", allowed: ["matcher.example"], answer: false },
];
for (const { endpoint, allowed, answer } of matchers) {
  test(`isMatcherAllowed() answers ${answer} for ${endpoint} by [${allowed}]`, () => {
    expect(isMatcherAllowed(endpoint, allowed)).toBe(answer);
  });
}

const seat = {
  playerSessionId: "ps_1",
  playerId: "ann",
  team: "red",
  ticketId: undefined,
  state: "RESERVED",
  attributes: {},
  expiresAtMs: 1_000,
} as unknown as PlayerSession;
const session = {
  battleSessionId: "bs_1",
  revision: 5,
  rosterVersion: 1,
  state: "ACTIVE",
  playerSessions: [seat],
} as unknown as BattleSession;
const booked: BookedSession = { session, changes: [], activateByMs: 9, matcherEndpoint: "", capability: "" };
const changeTo = (revision: number) =>
  ({
    battleSessionId: "bs_1",
    revision,
    rosterVersion: 1,
    reason: "PLAYER_ACCEPTED",
    added: [],
    updated: [],
    removed: [],
  }) as unknown as SessionChange;
const book = bookChange(bookChange(bookSession(new Map(), booked), changeTo(6)), changeTo(7));
const later = book.get("bs_1") as BookedSession;

test("bookChange() ignores a repeat and a session that it does not know", () => {
  expect(bookChange(book, changeTo(6))).toBe(book);
  expect(bookChange(new Map(), changeTo(6)).size).toBe(0);
});
test("bookChange() keeps a bounded number of changes", () => {
  let long: ReadonlyMap<string, BookedSession> = book;
  for (let revision = 8; revision < 2_000; revision += 1) long = bookChange(long, changeTo(revision));
  expect(long.get("bs_1")?.changes).toHaveLength(1_000);
  expect(long.get("bs_1")?.changes.at(-1)?.revision).toBe(1_999);
});

const gaps = [
  { name: "nothing to a game that has it all", revision: 7, type: "changes", count: 0 },
  { name: "the differences to a game that missed some", revision: 6, type: "changes", count: 1 },
  { name: "all differences that are kept", revision: 5, type: "changes", count: 2 },
  { name: "a snapshot where differences do not reach", revision: 4, type: "snapshot", count: undefined },
  {
    name: "a snapshot of an active session to a game that knows nothing",
    revision: undefined,
    type: "snapshot",
    count: undefined,
  },
];
for (const { name, revision, type, count } of gaps) {
  test(`catchUp() gives ${name}`, () => {
    const missed = catchUp(later, revision);
    expect(missed.type).toBe(type);
    if (missed.type === "changes") expect(missed.changes).toHaveLength(count as number);
  });
}
test("catchUp() tells a game to start a session that is not active yet", () => {
  expect(catchUp({ ...booked, session: { ...session, state: "ACTIVATING" } }, undefined).type).toBe("start");
});

const request = { requestId: "r2", secretMatches: false, newSecret: "new" };
const found = findSeat(book, "ps_1");
const own = (phase: StandInSeat["phase"]): StandInSeat => ({ phase, requestId: "r1", reconnectSecret: "old" });
const accepts = [
  { name: "takes a reserved seat", own: undefined, request, wallMs: 999, secret: "new" },
  {
    name: "repeats an accept of the same request",
    own: own("active"),
    request: { ...request, requestId: "r1" },
    wallMs: 0,
    secret: "old",
  },
  {
    name: "lets a disconnected player return with the secret",
    own: own("disconnected"),
    request: { ...request, secretMatches: true },
    wallMs: 0,
    secret: "old",
  },
];
for (const one of accepts) {
  test(`standInForAccept() ${one.name}`, () => {
    expect(standInForAccept(found, one.own, one.request, one.wallMs).reconnectSecret).toBe(one.secret);
  });
}
const refusals = [
  { name: "a seat that it does not know", found: undefined, own: undefined, wallMs: 0, reason: "FLEET_UNREACHABLE" },
  {
    name: "a reservation that seems to have run out",
    found,
    own: undefined,
    wallMs: 1_000,
    reason: "FLEET_UNREACHABLE",
  },
  {
    name: "to decide what only the fleet knows",
    found: found && { ...found, seat: { ...found.seat, state: "ACTIVE" as const } },
    own: undefined,
    wallMs: 0,
    reason: "FLEET_UNREACHABLE",
  },
  { name: "a second use", found, own: own("active"), wallMs: 0, reason: "PLAYER_SESSION_ALREADY_ACCEPTED" },
  { name: "a return without the secret", found, own: own("disconnected"), wallMs: 0, reason: "RECONNECT_SECRET_WRONG" },
  { name: "a player who left", found, own: own("removed"), wallMs: 0, reason: "PLAYER_SESSION_ENDED" },
];
for (const one of refusals) {
  test(`standInForAccept() refuses ${one.name}`, () => {
    expect(() => standInForAccept(one.found, one.own, request, one.wallMs)).toThrow(
      expect.objectContaining({ reason: one.reason }),
    );
  });
}

const absent = { hostLostAfterMs: 120_000, heartbeatIntervalMs: 3_750 };
const absences = [
  { name: "as soon as the fleet is away", awayMs: 0, may: true },
  { name: "until two heartbeats before it may be given up", awayMs: 112_499, may: true },
  { name: "from then on", awayMs: 112_500, may: false },
];
for (const { name, awayMs, may } of absences) {
  test(`mayStandIn() says ${may ? "yes" : "no"} ${name}`, () => expect(mayStandIn({ ...absent, awayMs })).toBe(may));
}

const leaves = [
  { name: "lets an active player break off", own: own("active"), to: "disconnected", answer: true },
  { name: "lets a reserved seat be freed", own: undefined, to: "removed", answer: true },
  { name: "has nothing to do for a repeat", own: own("disconnected"), to: "disconnected", answer: false },
  { name: "has nothing to do for a second leave", own: own("removed"), to: "removed", answer: false },
] as const;
for (const one of leaves) {
  test(`standInForLeave() ${one.name}`, () => expect(standInForLeave(found, one.own, one.to)).toBe(one.answer));
}
const leaveRefusals = [
  { name: "to hold the seat of a player who never came", found, own: undefined, reason: "PHASE_CONFLICT" },
  { name: "to hold the seat of a player who left", found, own: own("removed"), reason: "PLAYER_SESSION_ENDED" },
  { name: "an unknown id", found: undefined, own: undefined, reason: "PLAYER_SESSION_NOT_FOUND" },
];
for (const one of leaveRefusals) {
  test(`standInForLeave() refuses ${one.name}`, () => {
    expect(() => standInForLeave(one.found, one.own, "disconnected")).toThrow(
      expect.objectContaining({ reason: one.reason }),
    );
  });
}

const bookedAs = (battleSessionId: string, playerSessions: readonly PlayerSession[]) =>
  ({ session: { battleSessionId, playerSessions } }) as unknown as BookedSession;
const seatedAs = (playerSessionId: string, playerId: string, state = "RESERVED") =>
  ({ playerSessionId, playerId, state, expiresAtMs: 9 }) as unknown as PlayerSession;
const twoSessions = new Map([
  ["bs_1", bookedAs("bs_1", [seatedAs("ps_1", "ann"), seatedAs("ps_2", "ben", "ACTIVE")])],
  ["bs_2", bookedAs("bs_2", [seatedAs("ps_3", "ann", "DISCONNECTED")])],
]);
const answered = (phase: StandInSeat["phase"]): StandInSeat => ({ phase, requestId: "r", reconnectSecret: "s" });
const selections: readonly {
  readonly name: string;
  readonly selection: SeatSelection;
  readonly standIns?: ReadonlyMap<string, StandInSeat>;
  readonly seats: readonly string[];
}[] = [
  {
    name: "finds the seats of a session",
    selection: { by: { battleSessionId: "bs_1" }, state: undefined },
    seats: ["bs_1 ps_1 RESERVED", "bs_1 ps_2 ACTIVE"],
  },
  {
    name: "finds a player's seats in every session",
    selection: { by: { playerId: "ann" }, state: undefined },
    seats: ["bs_1 ps_1 RESERVED", "bs_2 ps_3 DISCONNECTED"],
  },
  {
    name: "finds one seat by its id",
    selection: { by: { playerSessionId: "ps_3" }, state: undefined },
    seats: ["bs_2 ps_3 DISCONNECTED"],
  },
  {
    name: "finds nothing of an id that nobody holds",
    selection: { by: { playerId: "eve" }, state: undefined },
    seats: [],
  },
  {
    name: "keeps to the state that is asked for",
    selection: { by: { playerId: "ann" }, state: "RESERVED" },
    seats: ["bs_1 ps_1 RESERVED"],
  },
  {
    name: "shows what the sidecar answered for its fleet",
    selection: { by: { battleSessionId: "bs_1" }, state: undefined },
    standIns: new Map([
      ["ps_1", answered("active")],
      ["ps_2", answered("removed")],
    ]),
    seats: ["bs_1 ps_1 ACTIVE"],
  },
  {
    name: "selects by the state that the sidecar answered",
    selection: { by: { battleSessionId: "bs_1" }, state: "DISCONNECTED" },
    standIns: new Map([["ps_2", answered("disconnected")]]),
    seats: ["bs_1 ps_2 DISCONNECTED"],
  },
];
for (const { name, selection, standIns = new Map(), seats } of selections) {
  test(`selectSeats() ${name}`, () => {
    const found = selectSeats(twoSessions, standIns, selection);
    expect(
      found.map(({ battleSessionId, seat }) => `${battleSessionId} ${seat.playerSessionId} ${seat.state}`),
    ).toEqual(seats);
  });
}
