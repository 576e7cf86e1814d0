// `muster conformance` from its door: our own sidecar, and a server as a user would start it.
import { fileURLToPath } from "node:url";
import { findFreePort } from "@muster/cli";
import { expect, test } from "vitest";
import { muster } from "./muster-command.ts";

const SERVER = fileURLToPath(new URL("../../examples/minimal-server/src/main.ts", import.meta.url));
const outcomes = (out: string) => {
  const results = out.split("\n").map((line) => JSON.parse(line) as { check: string; outcome: string });
  return new Map(results.map(({ check, outcome }) => [check, outcome]));
};

test("muster conformance judges our own sidecar", async () => {
  const { code, out } = await muster(["conformance", "--json"]);
  expect(new Set(outcomes(out).values())).toEqual(new Set(["OK"]));
  expect(code).toBe(0);
});

test("muster conformance --serve judges the server that it starts", async () => {
  const server = [process.execPath, "--conditions=@muster/source", SERVER];
  const { code, out } = await muster([
    "conformance",
    "--serve",
    `127.0.0.1:${await findFreePort()}`,
    "--json",
    "--",
    ...server,
  ]);
  const judged = outcomes(out);
  expect([judged.get("START"), judged.get("TERMINATE"), judged.get("ACCEPT")]).toEqual(["OK", "OK", "SKIPPED"]);
  expect(code).toBe(0);
});
