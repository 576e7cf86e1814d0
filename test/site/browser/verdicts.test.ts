// What the page to try things on says.
import { expect, test } from "vitest";
import { judgeQuery, judgeRuleSet } from "./verdicts.ts";

const teams = '"teams": [{ "name": "red", "minPlayers": 1, "maxPlayers": 2 }]';
const ruleSets = [
  { name: "a legal one", text: `{ "version": "v1.0", ${teams} }`, isGood: true, says: "up to 2 players" },
  { name: "one without teams", text: '{ "version": "v1.0" }', isGood: false, says: "teams" },
  { name: "one that is no JSON", text: "{", isGood: false, says: "It is not a legal rule set" },
  { name: "nothing", text: "", isGood: false, says: "It is not a legal rule set" },
];
for (const { name, text, isGood, says } of ruleSets) {
  test(`judgeRuleSet() says of ${name} that it is ${isGood ? "good" : "not"}`, () => {
    const verdict = judgeRuleSet(text);
    expect(verdict.isGood).toBe(isGood);
    expect(verdict.lines.join("\n")).toContain(says);
  });
}

const tickets =
  '{"ticketId":"ann","numericProperties":{"rank":9}}\n{"ticketId":"ben","numericProperties":{"rank":3}}\n';
const queries = [
  {
    name: "one that finds",
    text: "+properties.rank:>5",
    tickets,
    isGood: true,
    says: "It finds 1 of 2 tickets:\nann  score 1",
  },
  { name: "one that cannot be read", text: "+properties.rank:", tickets, isGood: false, says: "" },
  {
    name: "a ticket that is no JSON",
    text: "*",
    tickets: "ann",
    isGood: false,
    says: "Line 1 is no ticket as JSON: ann",
  },
  { name: "a ticket without an id", text: "*", tickets: "{}", isGood: false, says: "Line 1 is no ticket" },
];
for (const { name, text, tickets: given, isGood, says } of queries) {
  test(`judgeQuery() says of ${name} that it is ${isGood ? "good" : "not"}`, () => {
    const verdict = judgeQuery(text, "best", given);
    expect(verdict.isGood).toBe(isGood);
    expect(verdict.lines.join("\n")).toContain(says);
  });
}
