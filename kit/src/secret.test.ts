import { format, inspect } from "node:util";
import { expect, test } from "vitest";
import { Secret } from "./secret.ts";

const CANARY = "canary-7f3a";
const secret = new Secret(CANARY);

const rows = [
  { name: "a template", show: () => `${secret}` },
  { name: "a sum", show: () => `key ${String(secret)}` },
  { name: "JSON", show: () => JSON.stringify({ deep: [{ secret }] }) },
  { name: "inspect", show: () => inspect({ deep: { secret } }, { showHidden: true, depth: 9 }) },
  { name: "format", show: () => format("%s %o %j", secret, secret, secret) },
  { name: "its keys", show: () => JSON.stringify(Object.entries(secret)) },
  { name: "a copy", show: () => JSON.stringify({ ...secret }) },
] as const;

for (const { name, show } of rows) {
  test(`Secret shows nothing of itself in ${name}`, () => {
    expect(show()).not.toContain(CANARY);
  });
}

test("reveal() gives it away", () => {
  expect(secret.reveal()).toBe(CANARY);
});
