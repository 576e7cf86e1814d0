// The guide to running the sidecar: its file of games is one, and it names no variable that nobody reads.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseGames, sidecarEnvironment } from "@muster/sidecar";
import { expect, test } from "vitest";
import { ROOT } from "../tidy/sources.ts";

const guide = readFileSync(join(ROOT, "docs/guides/run-the-sidecar.md"), "utf8");
/** What a game reads, and nobody else. */
const OF_GAMES = ["MUSTER_SIDECAR", "MUSTER_PORT"];

test("the guide's games are read by --games", () => {
  const [, text = ""] = /^```json\n([^`]*)```$/m.exec(guide) ?? [];
  expect(parseGames(text, "games.json").map(({ env }) => env.MUSTER_PROCESS_ID)).toEqual(["proc_a", "proc_b"]);
});

test("the guide names variables that exist", () => {
  const named = new Set([...guide.matchAll(/MUSTER_[A-Z_]+/g)].map(([name]) => name));
  const known = new Set([...Object.keys(sidecarEnvironment), ...OF_GAMES]);
  expect([...named].filter((name) => !known.has(name))).toEqual([]);
});
