// `npm run guard`: README.md tells its options. Nothing of Muster is loaded before a planted fault has been put into its source.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { readOptions } from "@muster/service/tool-options";
import { plant } from "../sim/bugs/planted-fault.ts";
import { BrokenPromise } from "../sim/checkers/checker.ts";
import { guardFaults } from "./guard-faults.ts";

const USAGE = `npm run guard: callers with keys of every kind before a guarded matcher of two projects. Exit 0: every promise was kept.

  --seeds N     so many, from --from on (100)
  --from N      the first seed (1)
  --plant NAME  with this planted fault
  --bank        every planted fault in turn: each has to be found`;

const { values } = readOptions(
  {
    options: {
      seeds: { type: "string", default: "100" },
      from: { type: "string", default: "1" },
      plant: { type: "string" },
      bank: { type: "boolean", default: false },
    },
  },
  USAGE,
);

if (values.bank) {
  let missed = 0;
  for (const { name } of guardFaults) {
    const args = ["-C", "@muster/source", fileURLToPath(import.meta.url), "--seeds", values.seeds, "--plant", name];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (status !== 1) missed += 1;
    console.log(`${status === 1 ? "found " : "MISSED"} ${name}: ${stdout.trim().split("\n").at(-1)}`);
  }
  process.exit(missed > 0 ? 1 : 0);
}
if (values.plant !== undefined) {
  const fault = guardFaults.find(({ name }) => name === values.plant);
  if (!fault) throw new RangeError(`Cannot plant "${values.plant}" as there is none of that name`);
  plant(fault);
}
const { runGuardWorld } = await import("./guard-world.ts");
const first = Number(values.from);
const counts: Record<string, number> = {};
for (let seed = first; seed < first + Number(values.seeds); seed += 1) {
  try {
    const run = await runGuardWorld(seed);
    for (const [name, count] of Object.entries(run.counts)) counts[name] = (counts[name] ?? 0) + count;
  } catch (error) {
    if (!(error instanceof BrokenPromise)) throw error;
    console.log(`seed ${seed}: ${error.message}`);
    process.exit(1);
  }
}
for (const [name, count] of Object.entries(counts).toSorted()) console.log(`${String(count).padStart(7)}  ${name}`);
process.exit(0);
