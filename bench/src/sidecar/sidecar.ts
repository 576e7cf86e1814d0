// The benchmark `sidecar`: what a sidecar costs beside every game, and what two bare servers of the same calls cost that are built,
// flagged and asked in the same way.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@muster/kit";
import type { BenchOptions, Report } from "../report.ts";
import { measureCalls } from "./calls.ts";
import { buildContenders } from "./contenders.ts";
import { measureHost } from "./host.ts";
import { startContender } from "./running-contender.ts";
import { measureStarts } from "./starts.ts";
import { serveStillFleet } from "./still-fleet.ts";

/** Until a program has written down what it compiled: longer than the sidecar's own time for it, in ms. */
const COMPILED_MS = 4_000;

/**
 * Figures end in `Grpc` for the bare grpc-js server, in `Http2` for the bare node:http2 server, in `Source` for the sidecar as a
 * checkout runs it; without, they are the released sidecar's. To reach: `firstReplyMs` ≤ 150, `rssIdleMb` ≤ 65, `rssLoadMb` ≤ 100
 * (aim 90), `pssOf20Mb` ≤ 25, and the ratio `localCpu` ≤ 1.3.
 */
export async function run({ only }: BenchOptions): Promise<Report> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "muster-bench-"));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const fleet = opened.use(await serveStillFleet());
  const contenders = await buildContenders(folder);
  const environment = { fleetAddress: fleet.address, compileCache: join(folder, "compile-cache") };
  for (const contender of contenders) {
    await using running = await startContender(contender, environment);
    await systemClock.sleep(COMPILED_MS);
    if (running.name !== "sidecar" && running.name !== "source") process.kill(running.pid, "SIGTERM");
  }
  const parts = { starts: measureStarts, calls: measureCalls, host: measureHost };
  const figures: Record<string, number> = {};
  const ratios: Record<string, number> = {};
  for (const [name, measure] of Object.entries(parts)) {
    if (only !== undefined && only !== name) continue;
    const measured = await measure(contenders, environment);
    Object.assign(figures, measured.figures);
    Object.assign(ratios, measured.ratios);
  }
  return { name: "sidecar", figures, ratios };
}
