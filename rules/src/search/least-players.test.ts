import { expect, test } from "vitest";
import { parseRuleSet } from "../language/parse-rule-set.ts";
import { redBlue, ticket } from "../tickets.fixture.ts";
import { readCandidate } from "./candidate.ts";
import { mayMeet, needsOf, supplyOf, takeFrom, totalOf } from "./least-players.ts";
import { sizingOf } from "./team-sizes.ts";

const squads = { teams: [{ name: "squad", minPlayers: 2, maxPlayers: 4, minQuantity: 2, maxQuantity: 3 }] };
const optional = { teams: [{ name: "red", minPlayers: 0, maxPlayers: 4 }] };

const rows: readonly {
  name: string;
  document: object;
  seated?: Readonly<Record<string, number>>;
  supply: readonly [players: number, team?: string][];
  least: number;
  enough: boolean;
}[] = [
  { name: "too few for every minimum", document: redBlue(2, 3), supply: [[3]], least: 4, enough: false },
  { name: "just enough", document: redBlue(2, 3), supply: [[4]], least: 4, enough: true },
  { name: "all of them for red", document: redBlue(1, 3), supply: [[9, "red"]], least: 2, enough: false },
  { name: "one without a wish", document: redBlue(1, 3), supply: [[9, "red"], [1]], least: 2, enough: true },
  { name: "a squad too few", document: squads, supply: [[3, "squad_001"]], least: 4, enough: false },
  {
    ...{ name: "wishes for instances and for the team", document: squads, least: 4, enough: true },
    supply: [
      [2, "squad_001"],
      [2, "squad"],
    ],
  },
  {
    name: "one for the lone player",
    document: squads,
    seated: { squad_002: 1 },
    supply: [[3]],
    least: 3,
    enough: true,
  },
  {
    name: "those who sit too many",
    document: redBlue(1, 2),
    seated: { red: 3 },
    supply: [[1]],
    least: 1,
    enough: true,
  },
  { name: "nobody for teams that may be empty", document: optional, supply: [], least: 0, enough: true },
];

for (const { name, document, seated = {}, supply, least, enough } of rows) {
  test(`mayMeet() sees ${name}`, () => {
    const { tiers } = parseRuleSet({ version: "v1.0", ...document });
    const needs = needsOf(sizingOf(tiers[0], new Map(Object.entries(seated))));
    expect(totalOf(needs)).toBe(least);
    expect(mayMeet(needs, supplyOf(supply.map(([size, team], index) => candidate(String(index), size, team))))).toBe(
      enough,
    );
  });
}

test("takeFrom() leaves what the others bring", () => {
  const red = candidate("red", 2, "red");
  const supply = supplyOf([red, candidate("any", 1)]);
  takeFrom(supply, red);
  expect(supply).toEqual(
    new Map([
      ["red", 0],
      [undefined, 1],
    ]),
  );
});

function candidate(id: string, size: number, team?: string) {
  const read = readCandidate(ticket(id, team === undefined ? { size } : { size, team }), [], []);
  if (!read) throw new Error("Cannot read the candidate as it has no players");
  return read;
}
