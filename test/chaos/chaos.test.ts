// A short run of chaos: enough to see that what survives it in the long runs still does. The seed is drawn; a failure names it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { drawSeed, figuresOf, renderFigures, renderFinding } from "./report.ts";
import { runChaos } from "./run-chaos.ts";

const KILLS = 12;

test("no promise is broken by kill -9, pauses and bad links", { timeout: 900_000 }, async () => {
  const seed = drawSeed();
  const folder = await mkdtemp(join(tmpdir(), `muster-chaos-${seed}-`));
  const result = await runChaos(
    {
      seed,
      folder,
      kills: KILLS,
      withinMs: 300_000,
      visitors: 5,
      processes: 1,
      pauseMs: { least: 3_000, most: 4_000 },
      paceMs: { least: 50, most: 400 },
      wholeWithinMs: 30_000,
      first: ["zombie matcher", "kill server", "kill sidecar", "zombie fleet", "kill matcher", "kill fleet"],
      only: [],
      env: { MUSTER_SNAPSHOT_FACTS: "60" },
    },
    { signal: new AbortController().signal, onProgress: () => undefined },
  );
  const { findings, entries } = result;
  const told = findings.map((finding) => renderFinding(finding, entries)).join("\n");
  const figures = figuresOf(result);
  expect(told, `seed ${seed}, logs and history in ${folder}\n${renderFigures(figures)}`).toBe("");
  expect(figures.kills.total).toBeGreaterThanOrEqual(KILLS);
  expect(figures.tickets.acknowledged).toBeGreaterThan(0);
  expect(figures.players.joined).toBeGreaterThan(0);
  await rm(folder, { recursive: true, force: true });
});
