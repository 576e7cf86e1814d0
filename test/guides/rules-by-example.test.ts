// Rule sets by example: each is legal, and each row is judged as it says.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Attributes, type AttributeValue, parsePlayerId } from "@muster/proto";
import {
  checkTicketAttributes,
  type JudgedPlayer,
  judge,
  parseRuleSet,
  type RuleSet,
  type SeatedTeam,
} from "@muster/rules";
import { expect, test } from "vitest";
import { ROOT } from "../tidy/sources.ts";

const page = readFileSync(join(ROOT, "docs/rules-by-example.md"), "utf8");
const [, ...sections] = page.split(/^## /m);

test("the page has examples", () => expect(sections.length).toBeGreaterThanOrEqual(10));

for (const section of sections) {
  const [title = ""] = section.split("\n");
  const ruleSet = parseRuleSet(JSON.parse(/^```json\n(.*?)^```$/ms.exec(section)?.[1] ?? ""));
  const rows = [...section.matchAll(/^\| `(?<who>[^`]+)` \| (?<after>\d+) s \| (?<verdict>.+) \|$/gm)];

  test(`"${title}" shows whom it lets pass and whom it does not`, () => {
    const verdicts = rows.map(({ groups }) => /^(?:a match|no)/.exec(groups?.verdict ?? "")?.[0]);
    expect(new Set(verdicts)).toEqual(new Set(["a match", "no"]));
  });

  for (const { groups: { who = "", after = "", verdict = "" } = {} } of rows) {
    test(`"${title}": ${who} after ${after} s is ${verdict}`, () => {
      const violations = judge(ruleSet, readTeams(who, ruleSet), { ageMs: Number(after) * 1_000 });
      const broken = violations.map(({ name }) => name);
      expect(broken).toEqual(/^no: (?<names>.*)$/.exec(verdict)?.groups?.names?.split(", ") ?? []);
    });
  }
}

/** "red: ann skill=5 roles=tank+healer eu@30, bo · blue: cleo" */
function readTeams(who: string, ruleSet: RuleSet): readonly SeatedTeam[] {
  return who.split(" · ").map((team) => {
    const [name = "", players = ""] = team.split(": ");
    return {
      name,
      players: checkTicketAttributes(
        ruleSet,
        players.split(", ").map((one) => readPlayer(one, ruleSet)),
      ),
    };
  });
}

function readPlayer(text: string, ruleSet: RuleSet): JudgedPlayer {
  const [name = "", ...brings] = text.split(" ");
  const pairs = brings.filter((one) => one.includes("=")).map((one) => one.split("="));
  const attributes: Attributes = Object.fromEntries(
    pairs.map(([key = "", value = ""]) => [
      key,
      readValue(value, ruleSet.attributes.find((one) => one.name === key)?.type),
    ]),
  );
  const latencies = brings.filter((one) => one.includes("@")).map((one) => one.split("@"));
  return {
    ...{ playerId: parsePlayerId("who", name), attributes },
    latenciesMs: Object.fromEntries(latencies.map(([region = "", ms]) => [region, Number(ms)])),
  };
}

function readValue(text: string, type: string | undefined): AttributeValue {
  if (type === "string_list") return text.split("+");
  return type === "number" ? Number(text) : text;
}
