import { FaultKind } from "@muster/proto/mockfleet";
import { expect, test } from "vitest";
import { parseServiceAddress } from "./address.ts";
import { formatDuration, parseDuration } from "./duration.ts";
import { FAULT_KINDS, parseDirection, parseFaultKind, parseJump } from "./fault.ts";
import { numberFrom, wholeNumberFrom } from "./numbers.ts";
import { parseJsonObject, parsePairs } from "./pairs.ts";
import { parseProperties } from "./properties.ts";
import { parseStrategy, readBackfillRequest } from "./strategy.ts";
import { UsageError } from "./usage-error.ts";

const accepted = [
  { parse: parseDuration, text: "500ms", value: 500 },
  { parse: parseDuration, text: "30s", value: 30_000 },
  { parse: parseDuration, text: "1.5s", value: 1_500 },
  { parse: parseDuration, text: "2m", value: 120_000 },
  { parse: parseDuration, text: "24h", value: 86_400_000 },
  { parse: wholeNumberFrom(1, 100), text: "100", value: 100 },
  { parse: numberFrom(0, 10), text: "0.5", value: 0.5 },
  { parse: parseJsonObject, text: '{"skill":1}', value: { skill: 1 } },
  { parse: parsePairs, text: "red=1, blue=20", value: { red: 1, blue: 20 } },
  { parse: parseStrategy, text: "MAX_POSSIBLE", value: "MAX_POSSIBLE" },
  { parse: parseStrategy, text: "max-possible", value: "MAX_POSSIBLE" },
  { parse: parseStrategy, text: "custom", value: "CUSTOM" },
  { parse: (text: string) => parseProperties([text]), text: "map=a=b", value: { map: "a=b" } },
  { parse: parseFaultKind, text: "crash-in-play", value: "CRASH_IN_PLAY" },
  { parse: parseDirection, text: "to_host", value: "TO_HOST" },
  { parse: parseJump, text: "1h", value: 3_600_000 },
  { parse: parseJump, text: "-1h", value: -3_600_000 },
  { parse: parseServiceAddress, text: "127.0.0.1:7410", value: "127.0.0.1:7410" },
  { parse: parseServiceAddress, text: "[::1]:7410", value: "[::1]:7410" },
  { parse: parseServiceAddress, text: "unix:/tmp/a", value: "unix:/tmp/a" },
];
for (const { parse, text, value } of accepted) {
  test(`${parse.name || "a number"} reads ${text}`, () => expect(parse(text)).toEqual(value));
}

test("every fault of the contract can be typed, and no other", () => {
  const words = Object.keys(FaultKind).filter((word) => !["UNSPECIFIED", "UNRECOGNIZED"].includes(word));
  expect([...FAULT_KINDS].toSorted()).toEqual(words.toSorted());
});

const refused = [
  { parse: parseFaultKind, text: "EARTHQUAKE" },
  { parse: parseJump, text: "--1h" },
  { parse: parseDuration, text: "30" },
  { parse: parseDuration, text: "0s" },
  { parse: parseDuration, text: "25h" },
  { parse: parseDuration, text: "-1s" },
  { parse: parseDuration, text: "1 s" },
  { parse: parseDuration, text: "0.1ms" },
  { parse: wholeNumberFrom(1, 100), text: "101" },
  { parse: wholeNumberFrom(1, 100), text: "1e1" },
  { parse: wholeNumberFrom(1, 100), text: "" },
  { parse: numberFrom(0, 10), text: "Infinity" },
  { parse: parseJsonObject, text: "{skill:1}" },
  { parse: parseJsonObject, text: "[1]" },
  { parse: parseJsonObject, text: "null" },
  { parse: parsePairs, text: "red" },
  { parse: parsePairs, text: "red=1,red=2" },
  { parse: parsePairs, text: "red=1," },
  { parse: parseStrategy, text: "everything" },
  { parse: (text: string) => parseProperties([text]), text: "=dust" },
  { parse: (text: string) => parseProperties(["map=dust", text]), text: "map=aztec" },
  { parse: parseServiceAddress, text: "7410" },
  { parse: parseServiceAddress, text: "localhost:0" },
  { parse: parseServiceAddress, text: "localhost:65536" },
  { parse: parseServiceAddress, text: "http://localhost:7410" },
];
for (const { parse, text } of refused) {
  test(`${parse.name || "a number"} refuses "${text}", and says so`, () => {
    expect(() => parse(text)).toThrow(UsageError);
    expect(() => parse(text)).toThrow(text);
  });
}

const shown = [
  { ms: -5, text: "0.0 s" },
  { ms: 440, text: "0.4 s" },
  { ms: 12_900, text: "12 s" },
  { ms: 185_000, text: "3:05 min" },
  { ms: 7_800_000, text: "2:10 h" },
];
for (const { ms, text } of shown) {
  test(`formatDuration() shows ${ms} ms as ${text}`, () => expect(formatDuration(ms)).toBe(text));
}

const requests = [
  { name: "nothing as MAX_POSSIBLE", strategy: undefined, add: undefined, request: { strategy: "MAX_POSSIBLE" } },
  {
    name: "players to add as CUSTOM",
    strategy: undefined,
    add: { red: 1 },
    request: { strategy: "CUSTOM", addPlayers: { red: 1 } },
  },
  {
    name: "CUSTOM with players to add",
    strategy: "CUSTOM",
    add: { red: 1 },
    request: { strategy: "CUSTOM", addPlayers: { red: 1 } },
  },
] as const;
for (const { name, strategy, add, request } of requests) {
  test(`readBackfillRequest() reads ${name}`, () => expect(readBackfillRequest(strategy, add)).toEqual(request));
}

for (const { strategy, add, says } of [
  { strategy: "MAX_POSSIBLE", add: { red: 1 }, says: "leave out --add" },
  { strategy: "CUSTOM", add: undefined, says: "add --add" },
] as const) {
  test(`readBackfillRequest() refuses ${strategy} ${add ? "with" : "without"} players to add`, () => {
    expect(() => readBackfillRequest(strategy, add)).toThrow(says);
  });
}
