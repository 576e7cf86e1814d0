// What happens in a simulation, scenario by scenario: events, and the facts that follow.
import { expect, test } from "vitest";
import { backfill, DUEL, EQUAL, factsOf, lines, type Scenario, session, start } from "./scenario.fixture.ts";
import { writeSimulationFact } from "./simulation-fact.ts";

type Row = Scenario & { readonly name: string; readonly expected: readonly string[] };

const left = (at: number, battleSessionId: string, playerId: string) => ({
  ...{ at, op: "playerLeft", battleSessionId, playerId },
});

const tickets: readonly Row[] = [
  {
    name: "matches after the settle time, counted from the first change",
    more: { settleMs: 10 },
    events: [start(1, "a"), start(1.004, "b")],
    expected: ["1.010 m1 red:a blue:b"],
  },
  {
    name: "matches at once when there is no settle time, after all events of the instant",
    events: [start(0, "a"), start(0, "b"), { at: 0, op: "cancel", ticketId: "a" }, start(0, "c")],
    expected: ["0.000 a CANCELLED", "0.000 m1 red:b blue:c"],
  },
  {
    name: "ends a search at its time, and before whatever else comes then",
    events: [start(0, "a"), start(60, "b"), start(60, "a", "x")],
    expected: ["60.000 a TIMED_OUT", "60.000 start a ID_REUSED", "120.000 b TIMED_OUT"],
  },
  {
    name: "lets a player queue again when the ticket has ended",
    events: [start(0, "a"), { ...start(60, "a"), ticketId: "again" }],
    expected: ["60.000 a TIMED_OUT", "120.000 again TIMED_OUT"],
  },
  {
    name: "seats a player in the team that the player asks for",
    events: [start(0, { playerId: "a", ...{ team: "blue" } }), start(0, "b")],
    expected: ["0.000 m1 red:b blue:a"],
  },
  {
    name: "never seats two who ask for the same place",
    events: [start(0, { playerId: "a", ...{ team: "blue" } }), start(0, { playerId: "b", ...{ team: "blue" } })],
    expected: ["60.000 a TIMED_OUT", "60.000 b TIMED_OUT"],
  },
  {
    name: "keeps parties whole",
    ruleSet: { version: "v1.0", teams: ["red", "blue"].map((name) => ({ name, minPlayers: 2, maxPlayers: 2 })) },
    events: [start(0, "a"), start(0, "b", "c"), start(0, "d"), start(1, "e", "f", "g")],
    expected: ["0.000 m1 red:a,d blue:b,c", "61.000 e TIMED_OUT"],
  },
  {
    name: "answers a cancel that comes too late, twice or for nobody",
    events: [
      ...[start(0, "a"), start(0, "b"), start(1, "c")],
      ...["a", "c", "c", "x"].map((ticketId) => ({ at: 2, op: "cancel", ticketId })),
    ],
    expected: [
      "0.000 m1 red:a blue:b",
      "2.000 cancel a TICKET_ALREADY_MATCHED",
      "2.000 c CANCELLED",
      "2.000 cancel x TICKET_NOT_FOUND",
    ],
  },
  {
    name: "stops at its time, what happens then included",
    events: [start(0, "a"), start(5, "b"), start(5.001, "c")],
    options: { untilSeconds: 5 },
    expected: ["5.000 m1 red:a blue:b"],
  },
];

const refusals: readonly Row[] = [
  {
    name: "refuses what the API refuses, and goes on",
    ruleSet: { ...DUEL, playerAttributes: [{ name: "skill", type: "number" }] },
    events: [
      start(0, "a"),
      start(0, { playerId: "b", ...{ attributes: { skill: "high" } } }),
      start(0, { playerId: "c", ...{ attributes: { skill: 1 }, team: "green" } }),
      { at: 0, op: "start", ticketId: "d" },
      { at: 0, op: "start", ticketId: "e f", players: [{ playerId: "e" }] },
      { at: 0, op: "start", ticketId: "g", players: [{ playerId: "g" }, { playerId: "g" }] },
      { at: 0, op: "fly", ticketId: "h" },
      start(0, { playerId: "i", ...{ attributes: { skill: 1 } } }),
      { ...start(0, { playerId: "i", ...{ attributes: { skill: 1 } } }), ticketId: "j" },
      start(0, { playerId: "k", ...{ attributes: { skill: 2 }, latencies: { eu: -1 } } }),
      start(0, { playerId: "l", ...{ attributes: { skill: 2 } } }),
    ],
    expected: [
      "0.000 start a ATTRIBUTE_INVALID",
      "0.000 start b ATTRIBUTE_INVALID",
      "0.000 start c FIELD_INVALID",
      "0.000 start d FIELD_INVALID",
      "0.000 start e f ID_MALFORMED",
      "0.000 start g FIELD_INVALID",
      "0.000 fly h FIELD_INVALID",
      "0.000 start j PLAYER_ALREADY_QUEUED",
      "0.000 start k FIELD_INVALID",
      "0.000 m1 red:i blue:l",
    ],
  },
  {
    name: "refuses what no session or backfill is there for",
    ruleSet: EQUAL,
    events: [
      start(0, "a"),
      start(0, "b"),
      backfill(1, "m1"),
      session(1, "b1", { red: "c", blue: "d" }),
      session(1, "b1", { red: "c", blue: "d" }),
      session(1, "b2", { green: "c" }),
      session(1, "b3", { red: "c d e f" }),
      backfill(1, "b1", { red: 3 }),
      backfill(1, "b1", { green: 1 }),
      backfill(1, "b1", {}),
      { at: 1, op: "startBackfill", battleSessionId: "b1", strategy: "ALL" },
      { at: 1, op: "cancelBackfill", battleSessionId: "b1" },
      left(1, "b1", "x"),
      left(1, "b1", "c"),
      left(1, "b1", "c"),
      { at: 2, op: "endSession", battleSessionId: "b1" },
      backfill(2, "b1"),
      left(2, "b1", "d"),
      { at: 2, op: "policy", battleSessionId: "b0", policy: "DENY_ALL" },
      { at: 3, op: "accept", ticketId: "a" },
      { at: 3, op: "reject", ticketId: "x" },
      { at: 3, op: "placementFailed", matchId: "m9" },
    ],
    expected: [
      "0.000 m1 red:a blue:b",
      "1.000 startBackfill m1 BATTLE_SESSION_NOT_FOUND",
      "1.000 session b1 ID_REUSED",
      "1.000 session b2 TEAM_UNKNOWN",
      "1.000 session b3 SESSION_FULL",
      "1.000 startBackfill b1 TEAM_SIZE_EXCEEDED",
      "1.000 startBackfill b1 TEAM_UNKNOWN",
      "1.000 startBackfill b1 FIELD_INVALID",
      "1.000 startBackfill b1 FIELD_INVALID",
      "1.000 cancelBackfill b1 BACKFILL_NOT_RUNNING",
      "1.000 playerLeft b1 PLAYER_SESSION_NOT_FOUND",
      "1.000 playerLeft b1 PLAYER_SESSION_ENDED",
      "2.000 startBackfill b1 SESSION_NOT_ACTIVE",
      "2.000 playerLeft b1 SESSION_NOT_ACTIVE",
      "2.000 policy b0 BATTLE_SESSION_NOT_FOUND",
      "3.000 accept a PROPOSAL_NOT_FOUND",
      "3.000 reject x TICKET_NOT_FOUND",
      "3.000 placementFailed m9 PLACEMENT_NOT_FOUND",
    ],
  },
];

const asking = { acceptance: { timeoutSeconds: 10 } };
const answer = (at: number, op: "accept" | "reject", ticketId: string, more: object = {}) => ({
  at,
  op,
  ticketId,
  ...more,
});
const asked: readonly Row[] = [
  {
    name: "lets everybody accept at once where nobody is said to answer",
    more: asking,
    events: [start(0, "a"), start(1, "b")],
    expected: [
      "1.000 m1 PROPOSED until 11.000 red:a blue:b",
      "1.000 m1 ACCEPTED by a",
      "1.000 m1 ACCEPTED by b",
      "1.000 m1 red:a blue:b",
    ],
  },
  {
    name: "forms a match when the last player accepts, one by one or for the ticket",
    ruleSet: EQUAL,
    more: asking,
    events: [
      ...[start(0, "a", "c"), start(0, "b", "d")],
      ...[answer(1, "accept", "a", { playerIds: ["c"] }), answer(2, "accept", "b"), answer(2, "accept", "b")],
      ...[answer(3, "accept", "a", { playerIds: ["x"] }), answer(4, "accept", "a", { matchId: "m1" })],
    ],
    expected: [
      "0.000 m1 PROPOSED until 10.000 red:a,c blue:b,d",
      ...["1.000 m1 ACCEPTED by c", "2.000 m1 ACCEPTED by b,d", "3.000 accept a PLAYER_NOT_IN_TICKET"],
      ...["4.000 m1 ACCEPTED by a,c", "4.000 m1 red:a,c blue:b,d"],
    ],
  },
  {
    name: "ends a proposal by the first refusal; who is not to blame searches on and meets the next",
    more: asking,
    events: [
      start(0, "a"),
      start(0, "b"),
      start(1, "c"),
      answer(2, "reject", "b"),
      answer(2, "accept", "b"),
      answer(3, "accept", "a"),
    ],
    expected: [
      "0.000 m1 PROPOSED until 10.000 red:a blue:b",
      ...["2.000 m1 REFUSED", "2.000 a SEARCHING MATCH_REFUSED", "2.000 b CANCELLED ACCEPTANCE_REFUSED"],
      "2.000 accept b PROPOSAL_NOT_FOUND",
      "2.000 m2 PROPOSED until 12.000 red:a blue:c",
      "3.000 m2 ACCEPTED by a",
      ...["12.000 m2 UNANSWERED", "12.000 a SEARCHING MATCH_UNANSWERED", "12.000 c CANCELLED ACCEPTANCE_TIMED_OUT"],
      "60.000 a TIMED_OUT",
    ],
  },
  {
    name: "cancels all without auto-continue, and takes a cancel for a refusal",
    more: { acceptance: { timeoutSeconds: 10, autoContinue: false } },
    events: [start(0, "a"), start(0, "b"), answer(1, "accept", "a"), { at: 2, op: "cancel", ticketId: "b" }],
    expected: [
      ...["0.000 m1 PROPOSED until 10.000 red:a blue:b", "1.000 m1 ACCEPTED by a", "2.000 m1 CANCELLED"],
      ...["2.000 a CANCELLED MATCH_REFUSED", "2.000 b CANCELLED CANCELLED_BY_REQUEST"],
    ],
  },
  {
    name: "times a ticket out that would search on after its time",
    more: { ...asking, requestTimeoutSeconds: 5 },
    events: [start(0, "a"), start(0, "b"), answer(1, "accept", "a")],
    expected: [
      ...["0.000 m1 PROPOSED until 10.000 red:a blue:b", "1.000 m1 ACCEPTED by a"],
      ...["10.000 m1 UNANSWERED", "10.000 a TIMED_OUT", "10.000 b CANCELLED ACCEPTANCE_TIMED_OUT"],
    ],
  },
];

const duo = session(0, "b1", { red: "r1", blue: "b1" });
const backfills: readonly Row[] = [
  {
    name: "auto backfill goes 1v1, 2v2, 3v3, pauses, refills exactly one leaver and ends on request",
    ruleSet: EQUAL,
    more: { autoBackfill: true },
    events: [
      ...[start(0, "a"), start(0, "b"), start(1, "c"), start(1, "d"), start(2, "e"), start(2, "f")],
      left(3, "m1", "a"),
      ...[start(4, "g"), start(4, "h")],
      { at: 5, op: "cancelBackfill", battleSessionId: "m1" },
      left(6, "m1", "b"),
    ],
    expected: [
      "0.000 m1 red:a blue:b",
      "0.000 m1 SEARCHING 1v1",
      "1.000 m2 into m1 red:c blue:d",
      "1.000 m1 SEARCHING 2v2",
      "2.000 m3 into m1 red:e blue:f",
      "2.000 m1 PAUSED 3v3 FULL",
      "3.000 m1 SEARCHING 2v3",
      "4.000 m4 into m1 red:g",
      "4.000 m1 PAUSED 3v3 FULL",
      "5.000 m1 CANCELLED 3v3 CANCELLED_BY_REQUEST",
      "64.000 h TIMED_OUT",
    ],
  },
  {
    name: "a freed seat is filled at once, not after the settle time",
    ruleSet: EQUAL,
    more: { settleMs: 500 },
    events: [
      session(0, "b1", { red: "r1 r2 r3", blue: "s1 s2 s3" }),
      backfill(0, "b1"),
      start(1, "a"),
      left(2, "b1", "r2"),
    ],
    expected: [
      "0.000 b1 PAUSED 3v3 FULL",
      "2.000 b1 SEARCHING 2v3",
      "2.000 m1 into b1 red:a",
      "2.000 b1 PAUSED 3v3 FULL",
    ],
  },
  {
    name: "CUSTOM {red:1, blue:1} completes at 2v2",
    ruleSet: EQUAL,
    events: [duo, backfill(0, "b1", { red: 1, blue: 1 }), start(1, "a"), start(1, "b"), start(2, "c")],
    expected: [
      "0.000 b1 SEARCHING 1v1",
      "1.000 m1 into b1 red:a blue:b",
      "1.000 b1 COMPLETED 2v2 GOAL_REACHED",
      "62.000 c TIMED_OUT",
    ],
  },
  {
    name: "CUSTOM {red:2, blue:2} passes 2v2 and completes at 3v3",
    ruleSet: EQUAL,
    events: [
      duo,
      backfill(0, "b1", { red: 2, blue: 2 }),
      ...[start(1, "a"), start(1, "b"), start(2, "c"), start(2, "d")],
    ],
    expected: [
      "0.000 b1 SEARCHING 1v1",
      "1.000 m1 into b1 red:a blue:b",
      "1.000 b1 SEARCHING 2v2",
      "2.000 m2 into b1 red:c blue:d",
      "2.000 b1 COMPLETED 3v3 GOAL_REACHED",
    ],
  },
  {
    name: "CUSTOM {red:1} stays SEARCHING under equal teams and fills nobody",
    ruleSet: EQUAL,
    events: [duo, backfill(0, "b1", { red: 1 }), start(1, "a")],
    expected: ["0.000 b1 SEARCHING 1v1 NO_LEGAL_FILL", "61.000 a TIMED_OUT"],
  },
  {
    name: "CUSTOM refills a leaver towards its goal",
    ruleSet: EQUAL,
    events: [
      duo,
      backfill(0, "b1", { red: 1, blue: 1 }),
      { at: 1, op: "playerLeft", battleSessionId: "b1", playerId: "r1" },
      ...[start(2, "a"), start(2, "b"), start(2, "c")],
    ],
    expected: [
      "0.000 b1 SEARCHING 1v1",
      "1.000 b1 SEARCHING 0v1",
      "2.000 m1 into b1 red:a,b blue:c",
      "2.000 b1 COMPLETED 2v2 GOAL_REACHED",
    ],
  },
  {
    name: "a declared session is filled only by a backfill, and a second one is refused unless it replaces",
    ruleSet: EQUAL,
    events: [
      duo,
      start(0, "a"),
      backfill(1, "b1"),
      backfill(2, "b1"),
      { ...backfill(3, "b1", { red: 1, blue: 1 }), replace: true },
      { at: 4, op: "endSession", battleSessionId: "b1" },
    ],
    expected: [
      "1.000 b1 SEARCHING 1v1",
      "2.000 startBackfill b1 BACKFILL_ALREADY_RUNNING",
      "3.000 b1 CANCELLED 1v1 REPLACED",
      "3.000 b1 SEARCHING 1v1",
      "4.000 b1 CANCELLED 1v1 SESSION_ENDED",
      "60.000 a TIMED_OUT",
    ],
  },
  {
    name: "DENY_ALL pauses a backfill, ACCEPT_ALL resumes it",
    ruleSet: EQUAL,
    events: [
      session(0, "b1", { red: "r1 r2", blue: "s1" }),
      backfill(0, "b1"),
      { at: 1, op: "policy", battleSessionId: "b1", policy: "DENY_ALL" },
      start(2, "a"),
      { at: 3, op: "policy", battleSessionId: "b1", policy: "ACCEPT_ALL" },
    ],
    expected: [
      "0.000 b1 SEARCHING 2v1",
      "1.000 b1 PAUSED 2v1 DENY_ALL",
      "3.000 b1 SEARCHING 2v1",
      "3.000 m1 into b1 blue:a",
      "3.000 b1 SEARCHING 2v2",
    ],
  },
  {
    name: "a player who returns takes the old seat, unless somebody else has it",
    ruleSet: EQUAL,
    events: [
      session(0, "b1", { red: "r1 r2 r3", blue: "s1 s2 s3" }),
      backfill(0, "b1"),
      left(1, "b1", "r1"),
      { at: 2, op: "playerReturned", battleSessionId: "b1", playerId: "r1" },
      { at: 2, op: "playerReturned", battleSessionId: "b1", playerId: "r1" },
      { at: 3, op: "reservationExpired", battleSessionId: "b1", playerId: "r1" },
      start(4, "a"),
      { at: 5, op: "playerReturned", battleSessionId: "b1", playerId: "r1" },
      { at: 5, op: "playerReturned", battleSessionId: "b1", playerId: "x" },
    ],
    expected: [
      "0.000 b1 PAUSED 3v3 FULL",
      "1.000 b1 SEARCHING 2v3",
      "2.000 b1 PAUSED 3v3 FULL",
      "3.000 b1 SEARCHING 2v3",
      "4.000 m1 into b1 red:a",
      "4.000 b1 PAUSED 3v3 FULL",
      "5.000 playerReturned b1 SESSION_FULL",
      "5.000 playerReturned b1 PLAYER_SESSION_NOT_FOUND",
    ],
  },
  {
    name: "matches take the first ids that no declared session has",
    events: [session(0, "m1", { red: "x" }), start(0, "a"), start(0, "b")],
    expected: ["0.000 m2 red:a blue:b"],
  },
  {
    name: "a player who sits in the battle already is not seated twice, and does not stop the run",
    ruleSet: EQUAL,
    events: [session(0, "b1", { red: "r1 r2", blue: "s1" }), backfill(0, "b1"), start(1, "r1")],
    expected: ["0.000 b1 SEARCHING 2v1", "61.000 r1 TIMED_OUT"],
  },
];

const latency = (...eu: readonly number[]) => ({
  latencies: Object.fromEntries(eu.map((ms, index) => [["eu", "us"][index], ms])),
});
const regions: readonly Row[] = [
  {
    name: "a battle takes who is near its region, which is where its players are nearest",
    ruleSet: { ...EQUAL, rules: [...EQUAL.rules, { name: "near", type: "latencyRule", maxLatency: 100 }] },
    events: [
      {
        ...{ at: 0, op: "session", battleSessionId: "b1" },
        players: [
          { playerId: "r1", team: "red", ...latency(90, 40) },
          { playerId: "s1", team: "blue", ...latency(80, 30) },
        ],
      },
      backfill(0, "b1"),
      start(1, { playerId: "a", ...latency(20, 150) }),
      start(1, { playerId: "b", ...latency(500, 60) }),
      start(2, { playerId: "c", ...latency(500, 100) }),
    ],
    expected: [
      "0.000 b1 SEARCHING 1v1",
      "2.000 m1 into b1 red:b blue:c",
      "2.000 b1 SEARCHING 2v2",
      "61.000 a TIMED_OUT",
    ],
  },
  {
    name: "players of a declared session sit in instances of the team that they name",
    ruleSet: {
      ...{ ruleLanguageVersion: "1.0", name: "trios" },
      teams: [{ name: "squad", minPlayers: 1, maxPlayers: 2, quantity: 2 }],
    },
    events: [
      session(0, "b1", { squad: "a b c" }),
      session(0, "b2", { squad_2: "d" }),
      backfill(0, "b1"),
      backfill(0, "b2", { squad_1: 1 }),
      start(1, "x"),
      start(2, "y"),
    ],
    expected: [
      "0.000 b1 SEARCHING 2v1",
      "0.000 b2 SEARCHING 0v1",
      "1.000 m1 into b1 squad_2:x",
      "1.000 b1 PAUSED 2v2 FULL",
      "2.000 m2 into b2 squad_1:y",
      "2.000 b2 COMPLETED 1v1 GOAL_REACHED",
    ],
  },
];

/** The published trap: by the newest clock nobody meets, as each is alone again when the next one comes. */
const trap = (expansionAgeSelection: "newest" | "oldest") => ({
  ruleLanguageVersion: "1.0",
  algorithm: { expansionAgeSelection },
  teams: [{ name: "all", minPlayers: 4, maxPlayers: 4 }],
  expansions: [
    {
      target: "teams[all].minPlayers",
      steps: [3, 2, 1].map((value, index) => ({ waitTimeSeconds: [30, 40, 45][index], value })),
    },
  ],
});
const expansions: readonly Row[] = [
  {
    name: "the newest clock isolates players whose team may shrink",
    ruleSet: trap("newest"),
    events: [start(0, "p1"), start(10, "p2")],
    expected: ["45.000 m1 all:p1", "55.000 m2 all:p2"],
  },
  {
    name: "the oldest clock pairs them",
    ruleSet: trap("oldest"),
    events: [start(0, "p1"), start(10, "p2")],
    expected: ["40.000 m1 all:p1,p2"],
  },
  {
    name: "an expansion counts to the ms from the request",
    ruleSet: {
      ...DUEL,
      playerAttributes: [{ name: "skill", type: "number" }],
      rules: [
        {
          ...{
            name: "near",
            type: "distanceRule",
            measurements: ["max(flatten(teams[*].players.playerAttributes[skill]))"],
          },
          ...{ referenceValue: "min(flatten(teams[*].players.playerAttributes[skill]))", maxDistance: 10 },
        },
      ],
      expansions: [{ target: "rules[near].maxDistance", steps: [{ waitTimeSeconds: 5, value: 100 }] }],
    },
    events: [
      start(0, { playerId: "a", ...{ attributes: { skill: 0 } } }),
      start(1.234, { playerId: "b", ...{ attributes: { skill: 50 } } }),
    ],
    expected: ["6.234 m1 red:a blue:b"],
  },
];

const placements: readonly Row[] = [
  {
    name: "a match that could not be placed gives its tickets back, their age kept",
    events: [start(0, "a"), start(0, "b"), start(1, "c"), { at: 2, op: "placementFailed", matchId: "m1" }],
    expected: ["0.000 m1 red:a blue:b", "2.000 m2 red:a blue:b", "61.000 c TIMED_OUT"],
  },
  {
    name: "its tickets end when their time has passed meanwhile",
    events: [start(0, "a"), start(0, "b"), { at: 70, op: "placementFailed", battleSessionId: "m1" }],
    expected: ["0.000 m1 red:a blue:b", "70.000 a TIMED_OUT", "70.000 b TIMED_OUT"],
  },
  {
    name: "its tickets fail when they have returned often enough",
    more: { placementRetries: 1 },
    events: [
      start(0, "a"),
      start(0, "b"),
      { at: 1, op: "placementFailed", matchId: "m1" },
      { at: 2, op: "placementFailed", matchId: "m2" },
      { at: 2, op: "placementFailed", matchId: "m2" },
    ],
    expected: [
      "0.000 m1 red:a blue:b",
      "1.000 m2 red:a blue:b",
      "2.000 a FAILED PLACEMENT_FAILED",
      "2.000 b FAILED PLACEMENT_FAILED",
      "2.000 placementFailed m2 PLACEMENT_ENDED",
    ],
  },
  {
    name: "a placement that timed out is asked for again, and the match is a session then",
    ruleSet: EQUAL,
    more: { autoBackfill: true },
    events: [start(0, "a"), start(0, "b"), { at: 3, op: "placementFailed", matchId: "m1", outcome: "TIMED_OUT" }],
    expected: ["0.000 m1 red:a blue:b", "3.000 m1 SEARCHING 1v1"],
  },
];

for (const { name, expected, ...scenario } of [
  ...tickets,
  ...refusals,
  ...asked,
  ...backfills,
  ...regions,
  ...expansions,
  ...placements,
]) {
  test(`simulate(): ${name}`, () => {
    expect(lines(scenario)).toEqual(expected);
  });
}

test("simulate() sums up what it told", () => {
  const facts = factsOf({
    ruleSet: {
      ...DUEL,
      playerAttributes: [{ name: "skill", type: "number", default: 10 }],
      rules: [{ name: "near", type: "batchDistance", batchAttribute: "skill", maxDistance: 50 }],
    },
    events: [
      start(0, "a"),
      start(2.5, { playerId: "b", ...{ attributes: { skill: 30 } } }),
      ...[start(3, "c"), start(3, "c"), { at: 4, op: "cancel", ticketId: "c" }, start(5, "d")],
      ...[start(6, { playerId: "e", ...{ attributes: { skill: 500 } } }), { at: 7, op: "cancel", ticketId: "x" }],
    ],
    options: { untilSeconds: 65 },
  });
  expect(facts.at(-1)).toEqual({
    type: "Summary",
    until: 65,
    counts: {
      ...{ started: 5, matched: 2, timedOut: 1, cancelled: 1, failed: 0 },
      ...{ playersMatched: 2, matches: 1, fills: 0, refused: 1 },
    },
    waits: { p50: 0, p95: 2.5, p99: 2.5, max: 2.5 },
    estimates: { tickets: 0, meanAbsoluteError: null, relativeError: null },
    spreads: { near: { p50: 20, p95: 20, p99: 20, max: 20 } },
    ticketsLeft: 1,
  });
});

test("simulate() says how far the estimates of the wait were off", () => {
  // Somebody comes every 4 s; every second ticket waits for so long, the others not at all.
  const events = Array.from({ length: 100 }, (_, index) => start(index * 4, `p${index}`));
  const summary = factsOf({ events }).at(-1);
  if (summary?.type !== "Summary") throw new Error("the last fact is the summary");
  const { tickets, meanAbsoluteError, relativeError } = summary.estimates;
  expect(tickets).toBeGreaterThan(80);
  // The best that one number can do for both is 2 s off.
  expect(meanAbsoluteError).toBeGreaterThan(1.5);
  expect(meanAbsoluteError).toBeLessThan(2.6);
  expect(relativeError).toBeCloseTo((meanAbsoluteError ?? 0) / 2, 1);
});

test("simulate() measures nothing where nothing happens", () => {
  const nothing = { p50: null, p95: null, p99: null, max: null };
  expect(factsOf({ events: [] })).toMatchObject([{ type: "Summary", waits: nothing, spreads: {}, ticketsLeft: 0 }]);
});

test("simulate() tells the same, byte for byte, whenever it is asked, and times with three decimals", () => {
  const events = Array.from({ length: 60 }, (_, index) => start(index / 8, `p${(index * 7) % 60}`));
  const scenario = { ruleSet: EQUAL, more: { autoBackfill: true, settleMs: 10 }, events, options: { seed: 7 } };
  const text = factsOf(scenario).map(writeSimulationFact).join("\n");
  expect(factsOf(scenario).map(writeSimulationFact).join("\n")).toBe(text);
  expect(text.split("\n")[0]).toMatch(/^\{"at":0\.135,"type":"MatchFormed","matchId":"m1",/);
});

const DOUBLES = { version: "v1.0", teams: ["red", "blue"].map((name) => ({ name, minPlayers: 2, maxPlayers: 2 })) };
const both = { ruleSet: DOUBLES, more: { settleMs: 0, alternatives: [{ ruleSet: DUEL }] } };

test("simulate() matches by the rule set that is preferred where it can, else by an alternative, and says by which", () => {
  const events = ["a", "b", "c", "d"].map((name) => start(0, name));
  const facts = factsOf({ ...both, events: [...events, start(1, "e"), start(1, "f"), start(2, "g")] });
  const formed = facts.flatMap((fact) => (fact.type === "MatchFormed" ? [fact] : []));
  expect(formed.map(({ at, alternative, teams }) => [at, alternative, Object.values(teams).flat().length])).toEqual([
    [0, undefined, 4],
    [1, 1, 2],
  ]);
  expect(facts.at(-1)).toMatchObject({ counts: { matches: 2, matched: 6, timedOut: 1 } });
});

test("simulate() measures the spread of each match by the rule set that formed it", () => {
  const near = (maxDistance: number) => ({
    ...DUEL,
    playerAttributes: [{ name: "skill", type: "number", default: 0 }],
    rules: [{ name: "near", type: "batchDistance", batchAttribute: "skill", maxDistance }],
  });
  const skilled = (at: number, playerId: string, skill: number) =>
    start(at, { playerId, ...{ attributes: { skill } } });
  const facts = factsOf({
    ruleSet: near(5),
    more: { settleMs: 0, alternatives: [{ ruleSet: near(50), queue: "wide" }] },
    events: [skilled(0, "a", 0), skilled(0, "b", 3), skilled(1, "c", 0), skilled(1, "d", 40)],
  });
  expect(facts.at(-1)).toMatchObject({ counts: { matches: 2 }, spreads: { near: { p50: 3, max: 40 } } });
});

test("readSimulationSetting() names every mistake in the rule set of an alternative by its path", () => {
  const broken = { version: "v1.0", teams: [{ name: "red", minPlayers: 1, maxPlayers: "two" }] };
  const read = (alternatives: unknown) => () => factsOf({ more: { alternatives }, events: [] });
  expect(read([{ ruleSet: DUEL }, { ruleSet: broken }])).toThrow(/\$\.alternatives\[1\]\.ruleSet\.teams\[0\]/);
  expect(read([{ ruleSet: "duel" }])).toThrow("a rule set, which is a JSON object");
  expect(read(Array.from({ length: 9 }, () => ({ ruleSet: DUEL })))).toThrow("alternatives");
});
