import { parseRuleSet } from "@muster/rules";
import { expect, test } from "vitest";
import { checkPopulation } from "./check-population.ts";
import { readPopulation } from "./population.ts";

const ruleSet = parseRuleSet({
  version: "v1.0",
  playerAttributes: [
    { name: "skill", type: "number" },
    { name: "mode", type: "string", default: "ranked" },
  ],
  teams: [{ name: "red", minPlayers: 1, maxPlayers: 2 }],
});
const skill = { type: "number", distribution: { type: "uniform", from: 0, to: 9 } };
const check = (more: object) =>
  checkPopulation(
    readPopulation({ durationSeconds: 1, arrivals: [{ fromSecond: 0, ticketsPerSecond: 1 }], ...more }),
    ruleSet,
  );

test("checkPopulation() takes what the rule set declares, and more than that", () => {
  check({
    attributes: { skill, colour: { type: "string", choices: { blue: 1 } } },
    teams: [{ team: "red", weight: 1 }],
  });
});

const refused = [
  {
    name: "a missing attribute",
    more: {},
    says: "$.attributes.skill as the rule set declares a number without a default: it is missing",
  },
  {
    name: "an attribute of another type",
    more: { attributes: { skill, mode: skill } },
    says: "$.attributes.mode as the rule set declares a string: it is a number",
  },
  {
    name: "an unknown team",
    more: { attributes: { skill }, teams: [{ weight: 1 }, { team: "rde", weight: 1 }] },
    says: '$.teams[1].team as the rule set has such a team: it is "rde"',
  },
];
for (const { name, more, says } of refused) {
  test(`checkPopulation() refuses ${name}, naming its place`, () => {
    expect(() => check(more)).toThrow(
      expect.objectContaining({ reason: "CONFIG_INVALID", message: expect.stringContaining(says) }),
    );
  });
}
