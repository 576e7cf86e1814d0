import { expect, test } from "vitest";
import type { SimulationEvent } from "../simulation-event.ts";
import { readQuerySetting } from "./read-query-setting.ts";
import { simulateQueries } from "./simulate-queries.ts";

type Row = {
  readonly name: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly events: readonly SimulationEvent[];
  /** Facts as "at TYPE …": of a match its tickets in order, of a refusal its reason. */
  readonly told: readonly string[];
  readonly left?: number;
};

const compatible = { mode: "compatible", intervalSeconds: 15 };
const best = { mode: "best", intervalSeconds: 15 };

/** A ticket of the session of its name that takes anybody. */
function start(ticketId: string, at: number, fields: Readonly<Record<string, unknown>> = {}): SimulationEvent {
  return { at, op: "start", ticketId, session: ticketId, query: "*", minCount: 2, maxCount: 2, ...fields };
}

const wide = { minCount: 2, maxCount: 4 };
const party = (name: string, members: readonly string[]) => ({ session: undefined, party: name, members });

const rows: readonly Row[] = [
  {
    name: "matches a full group at the next interval",
    query: compatible,
    events: [start("t1", 1), start("t2", 2)],
    told: ["15 MatchFormed t2 t1"],
  },
  {
    name: "has an interval at 0, after what happens then",
    query: compatible,
    events: [start("t1", 0), start("t2", 0)],
    told: ["0 MatchFormed t2 t1"],
  },
  {
    name: "takes fewer than the maximum at the last interval alone",
    query: compatible,
    events: [start("t1", 1, wide), start("t2", 2, wide)],
    told: ["30 MatchFormed t2 t1"],
  },
  {
    name: "leaves the fifth of five for ever",
    query: compatible,
    events: ["t1", "t2", "t3", "t4", "t5"].map((ticketId) => start(ticketId, 1, wide)),
    told: ["15 MatchFormed t2 t3 t4 t1"],
    left: 1,
  },
  {
    name: "lets a newcomer wait its own intervals, however long the other has",
    query: compatible,
    events: [start("t1", 1, wide), start("t2", 40, wide)],
    told: ["60 MatchFormed t1 t2"],
  },
  {
    name: "finds an exact size later that searched once",
    query: compatible,
    events: [start("t1", 1), start("t2", 40)],
    told: ["45 MatchFormed t1 t2"],
  },
  {
    name: "never joins ranges that overlap",
    query: compatible,
    events: [
      ...["t1", "t2"].map((ticketId) => start(ticketId, 1, wide)),
      ...["t3", "t4"].map((ticketId) => start(ticketId, 1, { minCount: 3, maxCount: 6 })),
    ],
    told: ["30 MatchFormed t2 t1"],
    left: 2,
  },
  {
    name: "matches one-way without reversePrecision",
    query: compatible,
    events: [
      start("t1", 1, { query: "+properties.a:x" }),
      start("t2", 1, { query: "+properties.a:y", stringProperties: { a: "x" } }),
    ],
    told: ["15 MatchFormed t2 t1"],
  },
  {
    name: "matches one-way with reversePrecision only after reverseThreshold intervals",
    query: { ...compatible, reversePrecision: true, reverseThreshold: 1, maxIntervals: 3 },
    events: [
      start("t1", 1, { ...wide, query: "+properties.a:x" }),
      ...["t2", "t3", "t4"].map((ticketId) =>
        start(ticketId, 1, { query: "+properties.a:y", stringProperties: { a: "x" }, ...wide }),
      ),
    ],
    told: ["30 MatchFormed t2 t3 t4 t1"],
  },
  {
    name: "never matches one-way with a reverseThreshold of 0",
    query: { ...compatible, reversePrecision: true, reverseThreshold: 0 },
    events: [
      start("t1", 1, { query: "+properties.a:x" }),
      start("t2", 1, { query: "+properties.a:y", stringProperties: { a: "x" } }),
    ],
    told: [],
    left: 2,
  },
  {
    name: "starves a group behind a newest ticket that is not mutual",
    query: { ...compatible, reversePrecision: true, reverseThreshold: 0 },
    events: [start("t1", 1, wide), start("t2", 2, wide), start("t3", 3, { ...wide, query: "+properties.a:x" })],
    told: [],
    left: 3,
  },
  {
    name: "drops who has waited longest to reach a multiple",
    query: compatible,
    events: [
      start("t1", 1, { minCount: 2, maxCount: 4, countMultiple: 2 }),
      start("t2", 2, { minCount: 2, maxCount: 4, countMultiple: 2 }),
      start("t3", 3, { minCount: 2, maxCount: 4, countMultiple: 2 }),
    ],
    told: ["30 MatchFormed t3 t1"],
    left: 1,
  },
  {
    name: "prefers the higher score, then the older",
    query: compatible,
    events: [
      start("t1", 1, { query: "properties.a:* properties.b:x" }),
      start("t2", 2, { stringProperties: { a: "x" } }),
      start("t3", 3, { stringProperties: { a: "x", b: "x" } }),
    ],
    told: ["15 MatchFormed t3 t1"],
    left: 1,
  },
  {
    name: "never matches a full party alone, nor one that is larger",
    query: compatible,
    events: [start("t1", 1, party("p", ["a", "b"])), start("t2", 1, party("q", ["c", "d", "e"]))],
    told: [],
    left: 2,
  },
  {
    name: "lets tickets of one session match in one interval, never together",
    query: compatible,
    events: [
      start("t1", 1, { session: "a" }),
      start("t2", 2, { session: "a" }),
      start("t3", 3, { session: "b" }),
      start("t4", 4, { session: "c" }),
    ],
    told: ["15 MatchFormed t3 t1", "15 MatchFormed t4 t2"],
  },
  {
    name: "accepts a broken regular expression, which finds nobody and is found",
    query: compatible,
    events: [start("t1", 1, { query: "properties.a:/(/" }), start("t2", 40)],
    told: ["45 MatchFormed t1 t2"],
  },
  {
    name: "refuses as many tickets of a session as it may not have",
    query: { ...compatible, maxTicketsPerPlayer: 1 },
    events: [start("t1", 1, { session: "a" }), start("t2", 1, { session: "a" })],
    told: ["1 Refused TICKETS_PER_PLAYER_EXCEEDED"],
    left: 1,
  },
  {
    name: "refuses counts that do not fit one another, and queries that cannot be read",
    query: compatible,
    events: [
      start("t1", 1, { minCount: 1 }),
      start("t2", 1, { minCount: 3, maxCount: 2 }),
      start("t3", 1, { minCount: 2, maxCount: 4, countMultiple: 3 }),
      start("t4", 1, { query: "a:" }),
      start("t5", 1, { session: undefined }),
    ],
    told: [
      "1 Refused FIELD_INVALID",
      "1 Refused FIELD_INVALID",
      "1 Refused FIELD_INVALID",
      "1 Refused QUERY_INVALID",
      "1 Refused FIELD_INVALID",
    ],
    left: 0,
  },
  {
    name: "ends tickets by cancel, disconnect and cancelParty",
    query: compatible,
    events: [
      start("t1", 1),
      start("t2", 1, party("p", ["a", "b"])),
      start("t3", 1, party("q", ["c", "d"])),
      { at: 2, op: "cancel", ticketId: "t1" },
      { at: 3, op: "disconnect", session: "b" },
      { at: 4, op: "cancelParty", party: "q" },
      { at: 5, op: "cancel", ticketId: "t1" },
    ],
    told: ["2 TicketCancelled t1", "3 TicketCancelled t2", "4 TicketCancelled t3", "5 Refused TICKET_NOT_FOUND"],
  },
  {
    name: "matches a full group at once",
    query: best,
    events: [start("t1", 1), start("t2", 2)],
    told: ["2.01 MatchFormed t1 t2"],
  },
  {
    name: "takes fewer once the oldest has waited long enough, and newcomers at once from then on",
    query: best,
    events: [
      start("t1", 1, wide),
      start("t2", 2, wide),
      start("t3", 3, { minCount: 3, maxCount: 4 }),
      start("t4", 50, wide),
    ],
    told: ["31 MatchFormed t1 t2 t3"],
    left: 1,
  },
  {
    name: "re-examines who has waited when somebody comes",
    query: best,
    events: [start("t1", 1, wide), start("t2", 40)],
    told: ["40.01 MatchFormed t1 t2"],
  },
  {
    name: "joins ranges that overlap",
    query: best,
    events: [
      ...["t1", "t2"].map((ticketId) => start(ticketId, 1, wide)),
      ...["t3", "t4"].map((ticketId) => start(ticketId, 1, { minCount: 3, maxCount: 6 })),
    ],
    told: ["1.01 MatchFormed t1 t2 t3 t4"],
  },
  {
    name: "honours every query",
    query: best,
    events: [
      start("t1", 1, { query: "properties.a:x" }),
      start("t2", 1, { query: "properties.a:y", stringProperties: { a: "x" } }),
      start("t3", 2, { stringProperties: { a: "x" } }),
    ],
    told: ["2.01 MatchFormed t1 t3"],
    left: 1,
  },
  {
    name: "lets nobody starve behind a newest ticket",
    query: best,
    events: [start("t1", 1, wide), start("t2", 2, wide), start("t3", 3, { ...wide, query: "properties.a:x" })],
    told: ["31 MatchFormed t1 t2"],
    left: 1,
  },
  {
    name: "keeps who has waited longest when reaching a multiple",
    query: best,
    events: ["t1", "t2", "t3"].map((id, index) => start(id, index, { minCount: 2, maxCount: 4, countMultiple: 2 })),
    told: ["30 MatchFormed t1 t2"],
    left: 1,
  },
  {
    name: "matches a full party alone, and refuses one that is larger",
    query: best,
    events: [start("t1", 1, party("p", ["a", "b"])), start("t2", 1, party("q", ["c", "d", "e"]))],
    told: ["1 Refused FIELD_INVALID", "1.01 MatchFormed t1/a t1/b"],
  },
  {
    name: "ends a matched player's other tickets, unless it is to keep them",
    query: best,
    events: [
      start("t1", 1, { session: "a" }),
      start("t2", 1, { session: "a", minCount: 3, maxCount: 3 }),
      start("t3", 1, { session: "b" }),
    ],
    told: ["1.01 MatchFormed t1/a t3/b", "1.01 TicketCancelled t2"],
  },
];

for (const { name, query, events, told, left } of rows) {
  test(`simulateQueries() ${name} (${query.mode})`, () => {
    const setting = readQuerySetting({ name: "arena", query });
    const facts = [...simulateQueries(setting, events)];
    const lines = facts.flatMap((fact) => {
      switch (fact.type) {
        case "Summary":
          return [];
        case "MatchFormed": {
          const seats = (fact.teams.players ?? []).map(({ ticketId, playerId }) =>
            ticketId === playerId ? ticketId : `${ticketId}/${playerId}`,
          );
          // Sessions of the same name as their ticket are left out; others of compatible rows do not matter.
          return [
            `${fact.at} MatchFormed ${seats.map((seat) => (query.mode === "best" ? seat : seat.split("/")[0])).join(" ")}`,
          ];
        }
        case "Refused":
          return [`${fact.at} Refused ${fact.reason}`];
        default:
          return "ticketId" in fact ? [`${fact.at} ${fact.type} ${fact.ticketId}`] : [];
      }
    });
    expect(lines).toEqual(told);
    const summary = facts.at(-1);
    if (left !== undefined) expect(summary).toMatchObject({ type: "Summary", ticketsLeft: left });
  });
}

test("simulateQueries() sums up", () => {
  const setting = readQuerySetting({ name: "arena", query: best });
  const facts = [...simulateQueries(setting, [start("t1", 1), start("t2", 2), start("t3", 3)], { untilSeconds: 10 })];
  expect(facts.at(-1)).toMatchObject({
    type: "Summary",
    until: 10,
    counts: { started: 3, matched: 2, playersMatched: 2, matches: 1, fills: 0, refused: 0 },
    waits: { max: 1.01 },
    spreads: {},
    ticketsLeft: 1,
  });
});

test("simulateQueries() ends tickets by their timeout, and by an absence that lasts", () => {
  const setting = readQuerySetting({ name: "arena", query: best, requestTimeoutSeconds: 20, presenceGraceSeconds: 5 });
  const events = [
    start("t1", 0, { minCount: 3, maxCount: 3 }),
    start("t2", 1, { minCount: 3, maxCount: 3 }),
    { at: 2, op: "disconnect", session: "t2" },
  ];
  const facts = [...simulateQueries(setting, events)].map((fact) => ("at" in fact ? [fact.at, fact.type] : []));
  expect(facts).toEqual([[7, "TicketCancelled"], [20, "TicketTimedOut"], []]);
});

test("readQuerySetting() names what is wrong", () => {
  expect(() => readQuerySetting({ name: "arena", query: { intervalSeconds: 0, odd: 1 } })).toThrow(/\$\.query/);
});
