// The traces of backfill, step by step: after each sentence what the game would see. MAX_POSSIBLE and CUSTOM, with parties, uneven
// leaves, teams of different sizes, quantities, rules that involve the seated, latencies, and what expands.
import { expect, test } from "vitest";
import { createStage, picture, play, type Who } from "./stage.fixture.ts";

const equalSize = { name: "equal", type: "comparisonRule", measurements: ["count(teams[*].players)"], operation: "=" };
const skill = { name: "skill", type: "number", default: 0 };
const redBlue = (min: number, max: number, more: object = {}) => ({
  version: "v1.0",
  teams: [
    { name: "red", minPlayers: min, maxPlayers: max },
    { name: "blue", minPlayers: min, maxPlayers: max },
  ],
  ...more,
});
const equal = redBlue(1, 3, { rules: [equalSize] });
const free = redBlue(1, 3);
const hunt = {
  version: "v1.0",
  teams: [
    { name: "hunter", minPlayers: 1, maxPlayers: 1 },
    { name: "prey", minPlayers: 2, maxPlayers: 4 },
  ],
};
const squads = {
  version: "v1.0",
  teams: [{ name: "squad", minPlayers: 2, maxPlayers: 3, minQuantity: 1, maxQuantity: 3 }],
};
const near = redBlue(1, 3, {
  playerAttributes: [skill],
  rules: [
    {
      name: "near",
      type: "distanceRule",
      measurements: ["flatten(teams[*].players.playerAttributes[skill])"],
      referenceValue: "avg(flatten(teams[*].players.playerAttributes[skill]))",
      maxDistance: 50,
    },
  ],
  expansions: [{ target: "rules[near].maxDistance", steps: [{ waitTimeSeconds: 10, value: 500 }] }],
});
const growing = redBlue(1, 2, {
  expansions: [{ target: "teams[*].maxPlayers", steps: [{ waitTimeSeconds: 10, value: 4 }] }],
});
const close = redBlue(1, 2, { rules: [{ name: "close", type: "latencyRule", maxLatency: 100 }] });
const sameMode = redBlue(1, 2, {
  playerAttributes: [{ name: "mode", type: "string", default: "any" }],
  rules: [
    {
      name: "mode",
      type: "comparisonRule",
      measurements: ["flatten(teams[*].players.playerAttributes[mode])"],
      operation: "=",
    },
  ],
});
const sharedMap = redBlue(1, 2, {
  playerAttributes: [{ name: "maps", type: "string_list", default: [] }],
  rules: [
    {
      name: "map",
      type: "collectionRule",
      measurements: ["flatten(teams[*].players.playerAttributes[maps])"],
      operation: "intersection",
      minCount: 1,
    },
  ],
});

type Row = {
  readonly name: string;
  readonly ruleSet: object;
  readonly seated: Readonly<Record<string, readonly string[]>>;
  readonly isAuto?: boolean;
  readonly who?: Readonly<Record<string, Who>>;
  readonly story: readonly (readonly [sentence: string, picture: string])[];
  /** Tickets in this phase at the end. */
  readonly phases?: Readonly<Record<string, string>>;
};

const one = { red: ["r1"], blue: ["b1"] };
const two = { red: ["r1", "r2"], blue: ["b1", "b2"] };
const three = { red: ["r1", "r2", "r3"], blue: ["b1", "b2", "b3"] };

const rows: readonly Row[] = [
  {
    name: "MAX_POSSIBLE under equal sizes goes 2v2, 3v3, PAUSED, seeks one after a leave, and ends with a cancel",
    ...{ ruleSet: equal, seated: one, isAuto: true },
    story: [
      ["come c1 c2", "2v2 SEARCHING"],
      ["come d1 d2", "3v3 PAUSED FULL"],
      ["leave r1", "2v3 SEARCHING"],
      ["come e1", "3v3 PAUSED FULL"],
      ["cancel", "3v3 CANCELLED CANCELLED_BY_REQUEST"],
      ["leave b1", "3v2 CANCELLED CANCELLED_BY_REQUEST"],
    ],
  },
  {
    name: "MAX_POSSIBLE after 3v2 takes exactly one",
    ...{ ruleSet: equal, seated: three, isAuto: true },
    story: [
      ["leave b1", "3v2 SEARCHING"],
      ["come c1 c2 c3", "3v3 PAUSED FULL"],
    ],
    phases: { "t-c1": "COMPLETED" },
  },
  {
    name: "CUSTOM {red: 1, blue: 1} completes at 2v2 once its newcomers have come",
    ...{ ruleSet: equal, seated: one },
    story: [
      ["custom red=1 blue=1", "1v1 SEARCHING"],
      ["come c1 c2", "2v2 SEARCHING"],
      ["accept", "2v2 COMPLETED GOAL_REACHED"],
      ["leave c1", "1v2 COMPLETED GOAL_REACHED"],
    ],
  },
  {
    name: "CUSTOM {red: 2, blue: 2} passes 2v2 and completes at 3v3",
    ...{ ruleSet: equal, seated: one },
    story: [
      ["custom red=2 blue=2", "1v1 SEARCHING"],
      ["come c1 c2", "2v2 SEARCHING"],
      ["accept", "2v2 SEARCHING"],
      ["come d1 d2", "3v3 SEARCHING"],
      ["accept", "3v3 COMPLETED GOAL_REACHED"],
    ],
  },
  {
    name: "CUSTOM {red: 1} under equal sizes says at once that no fill is legal, and fills when the roster allows it",
    ...{ ruleSet: equal, seated: two },
    story: [
      ["custom red=1", "2v2 SEARCHING (no fill is legal)"],
      ["come c1", "2v2 SEARCHING (no fill is legal)"],
      ["leave r1", "2v2 SEARCHING (no fill is legal)"], // c1 takes the seat at once.
      ["leave b1", "2v1 SEARCHING"],
      ["come d1", "2v2 SEARCHING (no fill is legal)"],
    ],
    phases: { "t-c1": "COMPLETED", "t-d1": "COMPLETED" },
  },
  {
    name: "MAX_POSSIBLE started when full is PAUSED from the start",
    ...{ ruleSet: equal, seated: three },
    story: [["most", "3v3 PAUSED FULL"]],
  },
  {
    name: "CUSTOM refills leavers, of before and of its own, and never goes beyond its goal",
    ...{ ruleSet: free, seated: one },
    story: [
      ["custom red=1", "1v1 SEARCHING"],
      ["come c1", "2v1 SEARCHING"],
      ["leave b1", "2v0 SEARCHING"],
      ["come d1", "2v1 SEARCHING"],
      ["vanish c1", "1v1 SEARCHING"],
      ["come e1 e2", "2v1 SEARCHING"],
      ["accept", "2v1 COMPLETED GOAL_REACHED"],
    ],
  },
  {
    name: "a reservation that nobody took frees its seat, and the backfill seeks again by itself",
    ...{ ruleSet: equal, seated: two, isAuto: true },
    story: [
      ["come c1 c2", "3v3 PAUSED FULL"],
      ["vanish c1", "2v3 SEARCHING"],
      ["come d1", "3v3 PAUSED FULL"],
    ],
  },
  {
    name: "a seat is held for a player who is away for a moment",
    ...{ ruleSet: free, seated: three, isAuto: true },
    story: [
      ["disconnect r1", "3v3 PAUSED FULL"],
      ["come c1", "3v3 PAUSED FULL"],
      ["return r1", "3v3 PAUSED FULL"],
      ["disconnect r2", "3v3 PAUSED FULL"],
      ["leave r2", "3v3 PAUSED FULL"], // The grace is over: c1 is there at once.
    ],
    phases: { "t-c1": "COMPLETED" },
  },
  {
    name: "DENY_ALL and a silent host pause, and what is over resumes at once",
    ...{ ruleSet: free, seated: two, isAuto: true },
    story: [
      ["deny", "2v2 PAUSED DENY_ALL"],
      ["come c1", "2v2 PAUSED DENY_ALL"],
      ["allow", "3v2 SEARCHING"],
      ["silence", "3v2 PAUSED HOST_UNREACHABLE"],
      ["come c2", "3v2 PAUSED HOST_UNREACHABLE"],
      ["sound", "3v3 PAUSED FULL"],
    ],
  },
  {
    name: "a backfill rests where an operator lets no more in than are there, and goes on where there is room again",
    ...{ ruleSet: free, seated: two, isAuto: true },
    story: [
      ["room 4", "2v2 PAUSED FULL"],
      ["come c1", "2v2 PAUSED FULL"],
      ["room 5", "3v2 PAUSED FULL"],
      ["room 9", "3v2 SEARCHING"],
      ["come d1", "3v3 PAUSED FULL"],
    ],
    phases: { "t-c1": "COMPLETED", "t-d1": "COMPLETED" },
  },
  {
    name: "a party is never split: it takes a team, and solos balance it",
    ...{ ruleSet: equal, seated: one, isAuto: true },
    story: [
      ["party p1 p2", "1v1 SEARCHING"],
      ["come c1", "1v1 SEARCHING"],
      ["come c2", "3v3 PAUSED FULL"],
    ],
    phases: { "t-p1-p2": "COMPLETED" },
  },
  {
    name: "a party waits while only one seat is free, and a solo takes it",
    ...{ ruleSet: equal, seated: { red: ["r1", "r2", "r3"], blue: ["b1", "b2"] }, isAuto: true },
    story: [
      ["party p1 p2", "3v2 SEARCHING"],
      ["come c1", "3v3 PAUSED FULL"],
    ],
    phases: { "t-p1-p2": "SEARCHING", "t-c1": "COMPLETED" },
  },
  {
    name: "uneven leaves are made good step by step: no fill leads to unequal teams",
    ...{ ruleSet: equal, seated: three, isAuto: true },
    story: [
      ["leave r1 r2 b1", "1v2 SEARCHING"],
      ["come c1", "2v2 SEARCHING"],
      ["leave b2 b3", "2v0 SEARCHING"],
      ["come c2", "2v0 SEARCHING"],
      ["come c3", "2v2 SEARCHING"],
      ["party p1 p2", "2v2 SEARCHING"],
    ],
    phases: { "t-p1-p2": "SEARCHING" },
  },
  {
    name: "everybody left: the next fill needs legal teams of its own",
    ...{ ruleSet: equal, seated: one, isAuto: true },
    story: [
      ["leave r1 b1", "0v0 SEARCHING"],
      ["come c1", "0v0 SEARCHING"],
      ["come c2", "1v1 SEARCHING"],
    ],
  },
  {
    name: "teams of different sizes: the hunter's seat is for one, the prey's for four",
    ...{ ruleSet: hunt, seated: { hunter: ["h"], prey: ["a", "b"] }, isAuto: true },
    story: [
      ["party p1 p2", "1v4 PAUSED FULL"],
      ["leave h", "0v4 SEARCHING"],
      ["party q1 q2", "0v4 SEARCHING"],
      ["come c1", "1v4 PAUSED FULL"],
      ["leave a b p1", "1v3 SEARCHING"], // The party that waited is there at once.
    ],
  },
  {
    name: "teams of different sizes below their minimum are filled to it or not at all",
    ...{ ruleSet: hunt, seated: { hunter: ["h"], prey: ["a", "b"] } },
    story: [
      ["custom prey=1", "1v2 SEARCHING"],
      ["leave a b", "1v0 SEARCHING"],
      ["come c1", "1v0 SEARCHING"],
      ["come c2", "1v2 SEARCHING"],
      ["come c3", "1v3 SEARCHING"],
      ["accept", "1v3 COMPLETED GOAL_REACHED"],
    ],
  },
  {
    name: "quantities: a squad is filled, and another opens when enough have come for it",
    ...{ ruleSet: squads, seated: { squad_001: ["a", "b"] }, isAuto: true },
    story: [
      ["come c1", "3v0v0 SEARCHING"],
      ["come c2", "3v0v0 SEARCHING"],
      ["come c3", "3v2v0 SEARCHING"],
      ["party p1 p2 p3", "3v2v3 SEARCHING"],
      ["come c4", "3v3v3 PAUSED FULL"],
      ["leave p1 p2 p3", "3v3v0 SEARCHING"],
    ],
  },
  {
    name: "quantities: CUSTOM by template goes to the squad in play, then opens another",
    ...{ ruleSet: squads, seated: { squad_001: ["a", "b"] } },
    story: [
      ["custom squad=4", "2v0v0 SEARCHING"],
      ["come c1", "3v0v0 SEARCHING"],
      ["party p1 p2 p3", "3v3v0 SEARCHING"],
      ["accept", "3v3v0 COMPLETED GOAL_REACHED"],
    ],
  },
  {
    name: "quantities: CUSTOM by instance fills that instance",
    ...{ ruleSet: squads, seated: { squad_001: ["a", "b"], squad_002: ["c", "d"] } },
    story: [
      ["custom squad_002=1", "2v2v0 SEARCHING"],
      ["come c1 c2", "2v3v0 SEARCHING"],
      ["accept", "2v3v0 COMPLETED GOAL_REACHED"],
    ],
  },
  {
    name: "a fill is judged with the people who are there, and with nobody who has left",
    ...{ ruleSet: near, seated: { red: ["strong", "weak"], blue: ["b1"] }, isAuto: true },
    who: {
      strong: { attributes: { skill: 130 } },
      weak: { attributes: { skill: 60 } },
      b1: { attributes: { skill: 100 } },
      new: { attributes: { skill: 20 } },
    },
    story: [
      ["come new", "2v1 SEARCHING"], // Too far from the strong one.
      ["leave strong", "2v1 SEARCHING"], // The new one in the strong one's place.
    ],
    phases: { "t-new": "COMPLETED" },
  },
  {
    name: "expansions go by the newcomers' age",
    ...{ ruleSet: near, seated: one, isAuto: true },
    who: { far: { attributes: { skill: 300 } } },
    story: [
      ["come far", "1v1 SEARCHING"],
      ["wait 9", "1v1 SEARCHING"],
      ["wait 1", "2v1 SEARCHING"],
    ],
  },
  {
    name: "MAX_POSSIBLE ignores expansions of player counts",
    ...{ ruleSet: growing, seated: two, isAuto: true },
    story: [
      ["come c1", "2v2 PAUSED FULL"],
      ["wait 20", "2v2 PAUSED FULL"],
      ["leave r1", "2v2 PAUSED FULL"], // c1 has waited for the seat.
    ],
  },
  {
    name: "CUSTOM never goes beyond un-expanded maxima",
    ...{ ruleSet: growing, seated: one },
    story: [
      ["custom red=1", "1v1 SEARCHING"],
      ["come c1", "2v1 SEARCHING"],
      ["wait 20", "2v1 SEARCHING"],
      ["accept", "2v1 COMPLETED GOAL_REACHED"],
    ],
  },
  {
    name: "of latencies only those to the battle's own region count",
    ...{ ruleSet: close, seated: one, isAuto: true },
    who: {
      r1: { latenciesMs: { eu: 20, us: 90 } },
      b1: { latenciesMs: { eu: 30 } },
      american: { latenciesMs: { eu: 150, us: 10 } },
      european: { latenciesMs: { eu: 60, us: 400 } },
      silent: {},
    },
    story: [
      ["come american", "1v1 SEARCHING"],
      ["come silent", "1v1 SEARCHING"],
      ["come european", "2v1 SEARCHING"],
    ],
    phases: { "t-american": "SEARCHING", "t-silent": "SEARCHING", "t-european": "COMPLETED" },
  },
  {
    name: "a newcomer has the attribute that all of the seated have",
    ...{ ruleSet: sameMode, seated: one, isAuto: true },
    who: {
      r1: { attributes: { mode: "flag" } },
      b1: { attributes: { mode: "flag" } },
      other: { attributes: { mode: "race" } },
      alike: { attributes: { mode: "flag" } },
    },
    story: [
      ["come other", "1v1 SEARCHING"],
      ["come alike", "2v1 SEARCHING"],
      ["leave r1 b1 alike", "0v0 SEARCHING"], // One alone makes no two teams.
    ],
  },
  {
    name: "a newcomer shares a map with all of the seated, until those who narrowed it have left",
    ...{ ruleSet: sharedMap, seated: one, isAuto: true },
    who: {
      r1: { attributes: { maps: ["dust", "lake"] } },
      b1: { attributes: { maps: ["lake"] } },
      dusty: { attributes: { maps: ["dust"] } },
    },
    story: [
      ["come dusty", "1v1 SEARCHING"],
      ["leave b1", "1v1 SEARCHING"],
    ],
    phases: { "t-dusty": "COMPLETED" },
  },
  {
    name: "CUSTOM is done when it is done, whatever else stands in the way",
    ...{ ruleSet: free, seated: one },
    story: [
      ["custom red=1", "1v1 SEARCHING"],
      ["come c1", "2v1 SEARCHING"],
      ["deny", "2v1 PAUSED DENY_ALL"],
      ["accept", "2v1 COMPLETED GOAL_REACHED"],
    ],
  },
  {
    name: "a session's end ends its backfill, and nothing is filled any more",
    ...{ ruleSet: free, seated: one, isAuto: true },
    story: [["end", "0v0 CANCELLED SESSION_ENDED"]],
  },
];

for (const { name, ruleSet, seated, isAuto, who, story, phases } of rows) {
  test(`backfill: ${name}`, () => {
    const stage = createStage({ ruleSet, configuration: { autoBackfill: true }, ...(who ? { who } : {}) });
    stage.open(seated, isAuto);
    const told = story.map(([sentence]) => {
      play(stage, sentence);
      return [sentence, picture(stage, "bs_1")];
    });
    expect(told).toEqual(story.map((step) => [...step]));
    for (const [ticketId, phase] of Object.entries(phases ?? {})) {
      expect([ticketId, stage.phaseOf(ticketId)]).toEqual([ticketId, phase]);
    }
  });
}

test("backfill: a match that formed beyond the maxima has seats for all of it, and is filled to the maxima only", () => {
  const stage = createStage({
    ruleSet: { ...growing, ...{ teams: redBlue(3, 3).teams } },
    configuration: { autoBackfill: true },
  });
  for (const player of ["a", "b", "c", "d"]) stage.queue([player]);
  stage.wait(10_000);
  play(stage, "party e f g h");
  stage.wait(10_000);
  stage.settle();
  stage.place();
  const { teams, capacity, playerSessions } = stage.battle();
  expect([playerSessions.length, capacity, teams.map((team) => team.capacity)]).toEqual([8, 8, [4, 4]]);
  expect(stage.battle().backfill?.progress.map(({ goal }) => goal)).toEqual([3, 3]);
  play(stage, "leave a");
  expect(picture(stage)).toMatch(/(4v3|3v4) PAUSED FULL/);
});
