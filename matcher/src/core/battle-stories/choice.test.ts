// Which battle an arrival goes to, by how many at a time, and whether a new one begins instead: what a configuration says of it.
import { expect, test } from "vitest";
import { type BackfillSettings, defaultBackfillSettings } from "../backfill-settings.ts";
import { createStage, picture, play, type Stage } from "./stage.fixture.ts";

const plaza = (max: number, more: object = {}) => ({
  version: "v1.0",
  teams: [{ name: "plaza", minPlayers: 1, maxPlayers: max }],
  ...more,
});
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const stageOf = (ruleSet: object, settings: Partial<BackfillSettings> = {}) =>
  createStage({
    ruleSet,
    configuration: { autoBackfill: true, backfill: { ...defaultBackfillSettings, ...settings } },
  });
const pictures = (stage: Stage) => [...stage.sessions.keys()].map((id) => picture(stage, id));

const orders = [
  { order: "OLDEST_FIRST", after: ["4 SEARCHING", "5 SEARCHING", "2 SEARCHING"] },
  { order: "FULLEST_FIRST", after: ["3 SEARCHING", "6 PAUSED FULL", "2 SEARCHING"] },
  { order: "EMPTIEST_FIRST", after: ["3 SEARCHING", "5 SEARCHING", "3 SEARCHING"] },
] as const;
for (const { order, after } of orders) {
  test(`an arrival that fits several battles goes by ${order}`, () => {
    const stage = stageOf(plaza(6), { order });
    for (const [index, count] of [3, 5, 2].entries()) {
      stage.open({ plaza: names(`s${index}.`, count) }, true);
      stage.wait(1_000);
    }
    play(stage, "come a");
    expect(pictures(stage)).toEqual(after);
  });
}

test("fullest first leaves the emptiest to run dry, battle by battle", () => {
  const stage = stageOf(plaza(3), { order: "FULLEST_FIRST" });
  for (const index of [0, 1, 2]) stage.open({ plaza: names(`s${index}.`, 1) }, true);
  for (const player of names("a", 4)) play(stage, `come ${player}`);
  expect(pictures(stage)).toEqual(["3 PAUSED FULL", "3 PAUSED FULL", "1 SEARCHING"]);
});

test("a fill brings at most so many players as the configuration says, and others follow", () => {
  const stage = stageOf(plaza(10), { fillPlayersMax: 3 });
  stage.open({ plaza: ["s"] }, true);
  stage.holdFills(true);
  for (const player of names("a", 5)) stage.queue([player]);
  stage.round();
  stage.answerFill();
  expect(picture(stage, "bs_1")).toBe("4 SEARCHING");
});

test("a party that is larger than a fill may be waits, and others go before it", () => {
  const stage = stageOf(plaza(10, { teams: [{ name: "plaza", minPlayers: 4, maxPlayers: 10 }] }), {
    fillPlayersMax: 2,
  });
  stage.open({ plaza: names("s", 4) }, true);
  play(stage, "party p1 p2 p3");
  play(stage, "come a");
  expect([picture(stage), stage.phaseOf("t-p1-p2-p3")]).toEqual(["5 SEARCHING", "SEARCHING"]);
});

test("a backfill whose fills may never be large enough says so", () => {
  const teams = ["red", "blue"].map((name) => ({ name, minPlayers: 1, maxPlayers: 3 }));
  const equal = { name: "equal", type: "comparisonRule", measurements: ["count(teams[*].players)"], operation: "=" };
  const stage = stageOf({ version: "v1.0", teams, rules: [equal] }, { fillPlayersMax: 1 });
  stage.open({ red: ["r1"], blue: ["b1"] }, true);
  play(stage, "come a");
  expect(picture(stage)).toBe("1v1 SEARCHING (no fill is legal)");
  play(stage, "leave r1");
  expect(picture(stage)).toBe("1v1 SEARCHING (no fill is legal)"); // One who came in the place of one who left.
});

const preferences = [
  { preferRunning: false, newBattles: 1, after: ["2 SEARCHING"] },
  { preferRunning: true, newBattles: 0, after: ["4 SEARCHING"] },
];
for (const { preferRunning, newBattles, after } of preferences) {
  test(`who comes while a battle's fill is under way begins ${newBattles} new ones with preferRunning ${preferRunning}`, () => {
    const stage = stageOf(plaza(10), { preferRunning });
    stage.open({ plaza: ["s"] }, true);
    stage.holdFills(true);
    play(stage, "come a");
    play(stage, "come b c");
    expect(stage.state.matches.size).toBe(newBattles);
    stage.holdFills(false);
    stage.settle();
    expect(pictures(stage)).toEqual(after);
  });
}

test("a crowd that arrives before its first battle has begun waits for it, as far as it has room", () => {
  const stage = stageOf(plaza(4), { preferRunning: true });
  for (const player of names("a", 7)) play(stage, `come ${player}`);
  // Of the seven one begins a battle, three fit it, one begins another, two fit that.
  expect(stage.state.matches.size).toBe(2);
  stage.place();
  stage.settle();
  expect(pictures(stage)).toEqual(["4 PAUSED FULL", "3 SEARCHING"]);
});

test("who waits for a battle that is never placed begins another", () => {
  const stage = stageOf(plaza(4), { preferRunning: true });
  play(stage, "come a");
  play(stage, "come b");
  expect([stage.phaseOf("t-a"), stage.phaseOf("t-b")]).toEqual(["PLACING", "SEARCHING"]);
  stage.failPlacements();
  stage.settle();
  expect(stage.state.matches.size).toBe(1); // Both in one.
  expect(stage.phaseOf("t-b")).toBe("PLACING");
});

test("who fits no running battle begins a new one at once", () => {
  const stage = stageOf(plaza(2), { preferRunning: true });
  stage.open({ plaza: ["s"] }, true);
  play(stage, "party a b");
  expect([stage.phaseOf("t-a-b"), picture(stage, "bs_1")]).toEqual(["PLACING", "1 SEARCHING"]);
});

test("whom the game turns away does not come to that battle again, and others do", () => {
  const stage = createStage({
    ruleSet: plaza(4, { teams: [{ name: "plaza", minPlayers: 2, maxPlayers: 4 }] }),
    configuration: {
      autoBackfill: true,
      backfill: { ...defaultBackfillSettings, fillPlayersMax: 1, approvalTimeoutMs: 100 },
    },
    approves: ([playerId]) => playerId !== "troll",
  });
  stage.open({ plaza: ["s", "t"] }, true);
  play(stage, "come troll");
  expect([picture(stage, "bs_1"), stage.phaseOf("t-troll")]).toEqual(["2 SEARCHING", "SEARCHING"]);
  expect(stage.refusals).toEqual(["FILL_REFUSED_BY_GAME"]);
  play(stage, "leave s"); // The roster is another; the game's word stands.
  play(stage, "come a");
  play(stage, "come b");
  expect([picture(stage, "bs_1"), stage.phaseOf("t-troll")]).toEqual(["3 SEARCHING", "SEARCHING"]);
  expect(stage.refusals).toEqual(["FILL_REFUSED_BY_GAME"]);
  stage.open({ plaza: ["u", "v"] }, true);
  play(stage, "wait 0");
  expect(stage.refusals).toHaveLength(2); // Another battle is asked for itself.
});

const priorities = [
  { backfillPriority: "high", after: ["3 SEARCHING"], newBattles: 0 },
  { backfillPriority: "normal", after: ["3 SEARCHING"], newBattles: 0 },
  { backfillPriority: "low", after: ["1 SEARCHING"], newBattles: 1 },
];
for (const { backfillPriority, after, newBattles } of priorities) {
  test(`backfillPriority ${backfillPriority} gives ${newBattles} new battles to two who would fit the running one`, () => {
    const teams = [{ name: "plaza", minPlayers: 1, maxPlayers: 4 }];
    const stage = stageOf({ ruleLanguageVersion: "1.0", teams, algorithm: { backfillPriority } });
    stage.open({ plaza: ["s"] }, true);
    play(stage, "come a b");
    expect([pictures(stage), stage.state.matches.size]).toEqual([after, newBattles]);
  });
}

/** What a plaza costs that thousands come to and leave again: every round trip brings the fill that there is room for. */
test("a plaza of 1,000 that thousands join and leave is kept full, whatever happens while a fill is under way", () => {
  const stage = stageOf(plaza(1_000), { preferRunning: true });
  stage.open({ plaza: names("s", 500) }, true);
  for (const player of names("a", 600)) stage.queue([player]);
  let fills = 0;
  for (let turn = 0; turn < 200; turn += 1) {
    const { playerSessions } = stage.battle("bs_1");
    stage.round();
    fills += stage.underway.length;
    // Ten leave, and eleven come, while the fill is on its way.
    stage.free(
      playerSessions.slice(turn % 50, (turn % 50) + 10).map(({ playerId }) => playerId),
      "REMOVED",
    );
    for (const player of names(`t${turn}.`, 11)) stage.queue([player]);
    while (stage.underway.length > 0) stage.answerFill();
  }
  expect(stage.refusals).toEqual([]); // Leavers take no fill back: no live-lock.
  expect(fills).toBeGreaterThanOrEqual(199);
  expect(stage.battle("bs_1").playerSessions.length).toBeGreaterThanOrEqual(990);
  expect(stage.state.matches.size).toBe(1); // Of the hundred who found no room at first, and those whom it has room for.
});
