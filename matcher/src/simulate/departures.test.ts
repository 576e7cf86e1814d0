// Players who say how long they stay: they leave the battle that they were seated in, and nothing else.
import { expect, test } from "vitest";
import { EQUAL, lines, type Scenario, start } from "./scenario.fixture.ts";

const staying = (playerId: string, staySeconds: unknown) => ({ playerId, staySeconds });

const rows: readonly (Scenario & { readonly name: string; readonly expected: readonly string[] })[] = [
  {
    name: "counts from being seated, and lets a backfill fill the seat",
    ruleSet: EQUAL,
    more: { autoBackfill: true },
    events: [start(0, staying("a", 5)), start(2, staying("b", 9)), start(4, staying("c", 1)), start(8, "d")],
    expected: [
      "2.000 m1 red:a blue:b",
      "2.000 m1 SEARCHING 1v1",
      "7.000 a LEFT m1",
      "7.000 m1 SEARCHING 0v1",
      "7.000 m2 into m1 red:c",
      "7.000 m1 SEARCHING 1v1",
      "8.000 c LEFT m1",
      "8.000 m1 SEARCHING 0v1",
      "8.000 m3 into m1 red:d",
      "8.000 m1 SEARCHING 1v1",
      "11.000 b LEFT m1",
      "11.000 m1 SEARCHING 1v0",
    ],
  },
  {
    name: "changes nothing where matches become no session, or somebody was never seated",
    events: [start(0, staying("a", 5)), start(2, "b"), start(3, staying("c", 5))],
    expected: ["2.000 m1 red:a blue:b", "63.000 c TIMED_OUT"],
  },
  {
    name: "changes nothing once the battle is over, or the player has gone",
    ruleSet: EQUAL,
    more: { autoBackfill: true },
    events: [
      ...[start(0, staying("a", 5)), start(0, staying("b", 6))],
      { at: 3, op: "playerLeft", battleSessionId: "m1", playerId: "a" },
      { at: 4, op: "endSession", battleSessionId: "m1" },
    ],
    expected: [
      "0.000 m1 red:a blue:b",
      "0.000 m1 SEARCHING 1v1",
      "3.000 m1 SEARCHING 0v1",
      "4.000 m1 CANCELLED 0v1 SESSION_ENDED",
    ],
  },
  {
    name: "is refused unless it is a number of seconds",
    events: [start(0, staying("a", -1)), start(0, staying("b", "long"))],
    expected: ["0.000 start a FIELD_INVALID", "0.000 start b FIELD_INVALID"],
  },
];
for (const { name, expected, ...scenario } of rows) {
  test(`a stay ${name}`, () => expect(lines(scenario)).toEqual(expected));
}
