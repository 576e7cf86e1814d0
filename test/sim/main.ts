// `npm run sim -- [--seed N | --seeds N] [--steps N]`: runs seeds of the simulated world; stops at the first that fails.
import { parseArgs } from "node:util";
import { runSeed } from "./run-seed.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    seeds: { type: "string", default: "20" },
    steps: { type: "string", default: "240" },
  },
});
const from = Number(values.seed ?? 1);
const count = values.seed === undefined ? Number(values.seeds) : 1;
for (let seed = from; seed < from + count; seed += 1) {
  const { checked, tickets, story } = await runSeed(seed, Number(values.steps));
  if (values.seed !== undefined) console.log(story.join("\n"));
  const states: Record<string, number> = {};
  for (const state of tickets.values()) states[state] = (states[state] ?? 0) + 1;
  console.log(`seed ${seed}: ${checked} checks, tickets ${JSON.stringify(states)}`);
}
process.exit(0);
