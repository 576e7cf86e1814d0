// Draws the pictures of the guide to backfill anew; part of `npm run examples`.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../tidy/sources.ts";
import { drawHeard } from "./draw-heard.ts";
import { BACKFILL_GUIDE, drawSimulation, findTraces, withPictures } from "./guide.ts";
import { hearBackfill } from "./heard-by-server.ts";

/** Runs what the guide says, and real processes for a quarter of a minute. */
export async function writeGuide(): Promise<void> {
  const path = join(ROOT, BACKFILL_GUIDE);
  const guide = readFileSync(path, "utf8");
  const traces = [];
  for (const { command } of findTraces(guide)) traces.push({ command, picture: await drawSimulation(command) });
  const heard = drawHeard(await hearBackfill(new AbortController().signal));
  writeFileSync(path, withPictures(guide, { traces, heard }));
  console.log(`wrote ${BACKFILL_GUIDE}`);
}
