import { expect, test } from "vitest";
import { type EnvironmentSpec, flag, list, oneOf, readEnvironment, text, wholeNumber } from "./environment.ts";

const spec = {
  MUSTER_PORT: { meaning: "A port.", parse: wholeNumber(0, 65_535), fallback: "7410" },
  MUSTER_LOG_LEVEL: { meaning: "A level.", parse: oneOf("info", "error") },
  MUSTER_SECRET: { meaning: "A secret.", parse: wholeNumber(1, 2), secret: true },
  MUSTER_DEBUG: { meaning: "A switch.", parse: flag, fallback: "false" },
  MUSTER_PEERS: { meaning: "A list.", parse: list, fallback: "" },
  MUSTER_NAME: { meaning: "A name.", parse: text },
} as const satisfies EnvironmentSpec;

const rows = [
  { name: "falls back", env: {}, values: { MUSTER_PORT: 7410, MUSTER_DEBUG: false } },
  { name: "treats empty as not set", env: { MUSTER_PORT: "" }, values: { MUSTER_PORT: 7410 } },
  { name: "reads a number", env: { MUSTER_PORT: "0" }, values: { MUSTER_PORT: 0 } },
  { name: "reads a word", env: { MUSTER_LOG_LEVEL: "error" }, values: { MUSTER_LOG_LEVEL: "error" } },
  { name: "reads a list", env: { MUSTER_PEERS: " a, ,b" }, values: { MUSTER_PEERS: ["a", "b"] } },
];
for (const { name, env, values } of rows) {
  test(`readEnvironment() ${name}`, () => expect(readEnvironment(spec, env)).toMatchObject(values));
}

test("readEnvironment() names every bad variable with its rule", () => {
  const read = () => readEnvironment(spec, { MUSTER_PORT: "65536", MUSTER_LOG_LEVEL: "loud" });
  expect(read).toThrow('Cannot read MUSTER_PORT="65536": it must be a whole number from 0 to 65535');
  expect(read).toThrow('Cannot read MUSTER_LOG_LEVEL="loud": it must be one of info, error');
});

test("readEnvironment() does not show a secret", () => {
  const read = () => readEnvironment(spec, { MUSTER_SECRET: "hunter2" });
  expect(read).toThrow("MUSTER_SECRET=***");
  expect(read).not.toThrow("hunter2");
});
