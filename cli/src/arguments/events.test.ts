import { expect, test } from "vitest";
import { parseTime, parseWords } from "./events.ts";

const NOW_MS = Date.UTC(2027, 0, 2, 8);

const times = [
  { text: "2027-01-02T07:30:00Z", says: "2027-01-02T07:30:00.000Z" },
  { text: "2027-01-01", says: "2027-01-01T00:00:00.000Z" },
  { text: "90s", says: "2027-01-02T07:58:30.000Z" },
  { text: "2h", says: "2027-01-02T06:00:00.000Z" },
];
for (const { text, says } of times) {
  test(`parseTime() takes "${text}" for ${says}`, () => expect(parseTime(text, NOW_MS).toISOString()).toBe(says));
}

for (const text of ["yesterday", "2027-13-45", ""]) {
  test(`parseTime() refuses "${text}"`, () => expect(() => parseTime(text, NOW_MS)).toThrow(/Cannot read/));
}

test("parseWords() leaves out what is empty", () => {
  expect(parseWords("TICKET_COMPLETED, TICKET_FAILED,")).toEqual(["TICKET_COMPLETED", "TICKET_FAILED"]);
});
