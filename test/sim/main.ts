// `npm run sim -- [--seed N | --seeds N] [--mode safety|liveness]`: runs seeds of the simulated world; stops at the first that
// fails.
import { parseArgs } from "node:util";
import { createCheckers } from "./promises-checker.ts";
import { runSeed } from "./run-seed.ts";
import { REFERENCE } from "./world/knobs.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    seeds: { type: "string", default: "20" },
    mode: { type: "string", default: "liveness" },
    seconds: { type: "string", default: "60" },
    reference: { type: "boolean", default: false },
  },
});
const from = Number(values.seed ?? 1);
const count = values.seed === undefined ? Number(values.seeds) : 1;
for (let seed = from; seed < from + count; seed += 1) {
  const started = process.cpuUsage();
  const { story, events, simulatedMs, failure, digest } = await runSeed({
    seed,
    troubleMs: Number(values.seconds) * 1_000,
    liveness: values.mode === "liveness",
    checkers: createCheckers(),
    ...(values.reference ? { knobs: REFERENCE } : {}),
    linesMax: values.seed === undefined ? 60 : 1_000_000,
  });
  if (values.seed !== undefined || failure) console.log(story.join("\n"));
  const { user, system } = process.cpuUsage(started);
  const cpuSeconds = (user + system) / 1e6;
  console.log(
    `seed ${seed}: ${digest} ${Math.round(simulatedMs / 1_000)} s, ${events} events, ${cpuSeconds.toFixed(2)} CPU s: ${Math.round(events / cpuSeconds)} events a CPU s, ${Math.round(simulatedMs / 1000 / cpuSeconds)} times real time`,
  );
  if (failure) {
    console.error(failure);
    process.exit(1);
  }
}
process.exit(0);
