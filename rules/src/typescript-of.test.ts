// Types made from a rule set: every type of attribute, names that need quotes, teams by instance.
import { expect, test } from "vitest";
import { parseRuleSet } from "./language/parse-rule-set.ts";
import { writeAttributeTypes } from "./typescript-of.ts";

const teams = [{ name: "red", minPlayers: 1, maxPlayers: 2 }];
const write = (document: object) =>
  writeAttributeTypes(parseRuleSet(JSON.stringify({ version: "v1.0", teams, ...document })), "duel.json");

test("writeAttributeTypes() names every attribute with its type, and its default", () => {
  const playerAttributes = [
    { name: "skill", type: "number", default: 10 },
    { name: "mode", type: "string", default: "*/ x" },
    { name: "role-names", type: "string_list" },
    { name: "ratings", type: "string_number_map" },
  ];
  const quantities = [{ name: "red", minPlayers: 1, maxPlayers: 2, minQuantity: 2, maxQuantity: 3 }];
  expect(
    write({ playerAttributes, teams: quantities }),
  ).toBe(`// Made by muster types from duel.json: make it again when that changes.

/** What a player brings with a ticket. More than this is passed through to the game. */
export type TicketAttributes = {
  /** 10 where the ticket says nothing. */
  readonly skill?: number;
  /** "*\\/ x" where the ticket says nothing. */
  readonly mode?: string;
  readonly "role-names": readonly string[];
  readonly ratings: Readonly<Record<string, number>>;
};

/** What a game server gets to know of a player: defaults are filled in. */
export type PlayerAttributes = {
  /** 10 where the ticket says nothing. */
  readonly skill: number;
  /** "*\\/ x" where the ticket says nothing. */
  readonly mode: string;
  readonly "role-names": readonly string[];
  readonly ratings: Readonly<Record<string, number>>;
};

/** A team of a battle. */
export type TeamName = "red_001" | "red_002" | "red_003";
`);
});

test("writeAttributeTypes() keeps names within their line, comment and text", () => {
  const hostile = "x: 1 }; throw 1; //";
  const document = JSON.stringify({
    ...{ version: "v1.0", teams },
    playerAttributes: [{ name: hostile, type: "string", default: "*/ process.exit(); /*" }],
  });
  const written = writeAttributeTypes(parseRuleSet(document), "a.json\nprocess.exit();\u2028process.exit();");
  const lines = written.split("\n");
  expect(lines[0]).toBe(
    "// Made by muster types from a.json process.exit(); process.exit();: make it again when that changes.",
  );
  expect(written).toContain(`readonly ${JSON.stringify(hostile)}?: string;`);
  expect(written).not.toContain("*/ process");
});

test("writeAttributeTypes() of a rule set without attributes, and of one with very many teams", () => {
  const many = [{ name: "squad", minPlayers: 1, maxPlayers: 1, minQuantity: 65, maxQuantity: 65 }];
  const types = write({ teams: many });
  expect(types).toContain("export type PlayerAttributes = Readonly<Record<never, never>>;");
  expect(types).toContain("export type TeamName = string;");
});
