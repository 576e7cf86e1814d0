// Today's sidecar, fleet and matcher serve a game server that was built with the SDK of the version before: the demo's whole story, with
// its kills, refusals and refills, told by that server. `npm run freeze` builds it anew at a release.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type CheckResult, createChecks } from "../demo/checks.ts";
import { openDemoWorld } from "../demo/demo-world.ts";
import { tellStory } from "../demo/story.ts";

const SERVER = fileURLToPath(new URL("previous/server.mjs", import.meta.url));
const DEMO = fileURLToPath(new URL("../demo/muster.json", import.meta.url));

test("a server with the SDK of the version before lives through the demo's story", { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "muster-previous-"));
  try {
    const config: { readonly fleets: readonly object[] } = JSON.parse(await readFile(DEMO, "utf8"));
    const fleets = config.fleets.map((fleet) => ({ ...fleet, command: ["node", SERVER] }));
    const path = join(folder, "muster.json");
    await writeFile(path, JSON.stringify({ ...config, fleets }));
    const results: CheckResult[] = [];
    const checks = createChecks((result) => results.push(result));
    await using world = await openDemoWorld(new AbortController().signal, path);
    await tellStory({ world, checks });
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    expect(results.length).toBeGreaterThan(10);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
