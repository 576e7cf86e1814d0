// `npm run races`: README.md tells its options. Nothing of Muster is loaded before a planted fault has been put into its source.
import { readOptions } from "@muster/service/tool-options";
import { getFault } from "../sim/bugs/bank.ts";
import { plant } from "../sim/bugs/planted-fault.ts";

const USAGE = `npm run races: cancels against everything that may become of a ticket. Exit 0: every answer was true. More in test/races/README.md.

  --cancels N   until so many have raced (100000)
  --seed N      (1)
  --plant NAME  with this planted fault, of those in test/sim/bugs
  --json        the result as one object`;

const { values } = readOptions(
  {
    options: {
      cancels: { type: "string", default: "100000" },
      seed: { type: "string", default: "1" },
      plant: { type: "string" },
      json: { type: "boolean", default: false },
    },
  },
  USAGE,
);
if (values.plant !== undefined) plant(getFault(values.plant));
const { runRaces } = await import("./run-races.ts");
const startedMs = performance.now();
const { counts, findings, entries } = await runRaces({ seed: Number(values.seed), cancels: Number(values.cancels) });
const seconds = (performance.now() - startedMs) / 1_000;
const cpuSeconds = process.cpuUsage().user / 1_000_000;
if (values.json) {
  console.log(JSON.stringify({ ...counts, seconds, cpuSeconds, findings }));
} else {
  for (const [name, count] of Object.entries(counts.outcomes).toSorted())
    console.log(`${String(count).padStart(7)}  ${name}`);
  console.log(
    `${counts.raced} raced cancels and ${counts.late} late ones in ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of processor time`,
  );
  for (const { promise, why } of findings) console.log(`${promise}: ${why}`);
  const about = new Set(findings.slice(0, 1).flatMap((finding) => finding.about));
  for (const entry of entries) {
    const line = JSON.stringify(entry);
    if ([...about].some((id) => line.includes(`"${id}"`))) console.log(line);
  }
}
process.exit(findings.length > 0 ? 1 : 0);
