// `npm run chaos -- --kills 200 [--seed N] [--seconds S] [--json]`: real processes, kill -9, pauses and bad links under load,
// and an independent judge of everything that anybody was told. Exit 0 only if every promise was kept.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { watchStopRequests } from "@muster/service";
import { readOptions } from "@muster/service/tool-options";
import { drawSeed, figuresOf, renderFigures, renderFinding } from "./report.ts";
import { runChaos } from "./run-chaos.ts";

const USAGE = `npm run chaos -- [--kills 200]: real processes, kill -9, pauses and bad links under load, and a judge. Exit 0: every promise was kept.

  --kills N           how often something is killed, paused or cut off (200)
  --seconds N         the longest it may take (900)
  --seed N            what is drawn (anew each time)
  --visitors N        players under way at once (12)
  --only A,B          faults whose names contain one of these
  --snapshot-facts N  facts between two snapshots (60)
  --keep              keeps journals, logs and history
  --json              the last line is the result as one object`;

const { values } = readOptions(
  {
    options: {
      kills: { type: "string", default: "200" },
      seed: { type: "string" },
      seconds: { type: "string", default: "900" },
      visitors: { type: "string", default: "12" },
      /** Parts of names of faults, with commas between. */
      only: { type: "string", default: "" },
      "snapshot-facts": { type: "string", default: "60" },
      /** Keeps journals, logs and history. */
      keep: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  },
  USAGE,
);
const seed = values.seed === undefined ? drawSeed() : Number(values.seed);
const folder = await mkdtemp(join(tmpdir(), `muster-chaos-${seed}-`));
const { stop } = watchStopRequests(process.env);
const say = (text: string) => console.error(text);

say(`seed ${seed}, in ${folder}`);
const result = await runChaos(
  {
    seed,
    folder,
    kills: Number(values.kills),
    withinMs: Number(values.seconds) * 1_000,
    visitors: Number(values.visitors),
    processes: 2,
    pauseMs: { least: 5_000, most: 30_000 },
    paceMs: { least: 100, most: 900 },
    wholeWithinMs: 10_000,
    first: [],
    only: values.only.split(",").filter((part) => part !== ""),
    env: { MUSTER_SNAPSHOT_FACTS: values["snapshot-facts"] },
  },
  { signal: stop, onProgress: say },
).catch((error: unknown) => {
  if (!stop.aborted) throw error;
  say(`called off: ${stop.reason}. Logs and history: ${folder}`);
  process.exit(1);
});
const { findings, entries } = result;
const figures = figuresOf(result);
const ok = findings.length === 0;
for (const finding of findings.slice(0, 10)) say(renderFinding(finding, entries));
console.log(renderFigures(figures));
console.log(
  ok
    ? "Every promise was kept"
    : `${findings.length} promises were broken. Logs and history: ${folder}. Again: npm run chaos -- --kills ${values.kills} --seed ${seed}`,
);
if (values.json) console.log(JSON.stringify({ ok, seed, findings, ...figures }));
if (ok && !values.keep) await rm(folder, { recursive: true, force: true });
process.exit(ok ? 0 : 1);
