import { expect, test } from "vitest";
import { mergeUpdates, type SeatLists } from "./merge-updates.ts";

const lists = (added: string, updated: string, removed: string): SeatLists<string> => ({
  added: [...added],
  updated: [...updated],
  removed: [...removed],
});

const rows = [
  { name: "keeps one update as it is", updates: [lists("a", "b", "c")], merged: lists("a", "b", "c") },
  { name: "forgets who came and went", updates: [lists("a", "", ""), lists("", "", "a")], merged: lists("", "", "") },
  {
    name: "shows who came and was accepted as new",
    updates: [lists("a", "", ""), lists("", "a", "")],
    merged: lists("a", "", ""),
  },
  {
    name: "shows who was accepted and went as gone",
    updates: [lists("", "a", ""), lists("", "", "a")],
    merged: lists("", "", "a"),
  },
  { name: "names nobody twice", updates: [lists("", "a", ""), lists("", "a", "")], merged: lists("", "a", "") },
  { name: "has nothing of nothing", updates: [], merged: lists("", "", "") },
];
for (const { name, updates, merged } of rows) {
  test(`mergeUpdates() ${name}`, () => {
    expect(mergeUpdates(updates)).toEqual(merged);
  });
}
