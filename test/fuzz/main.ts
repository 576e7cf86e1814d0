// `npm run fuzz -- [--target NAME] [--seconds N] [--seed N] [--input FILE]`: looks for inputs that break a demand, stops at
// the first, makes it smaller, keeps it, and prints the command that repeats it.
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { readOptions } from "@muster/service/tool-options";
import { allTargets } from "./all-targets.ts";
import { keepFinding } from "./corpus.ts";
import { readInput } from "./input-text.ts";
import type { Target } from "./target.ts";

/** Inputs of one hunt: after them another one begins, with the next seed and a fresh subject. */
const RUNS_A_HUNT = 300;

const USAGE = `npm run fuzz: looks for inputs that break a demand, makes the first smaller, keeps it, and prints what repeats it.

  --target NAME  one of ${allTargets.map(({ name }) => name).join(", ")} (all)
  --seconds N    for each target (20)
  --seed N       of the first hunt (1)
  --input FILE   this input alone`;

const { values } = readOptions(
  {
    options: {
      target: { type: "string" },
      seconds: { type: "string", default: "20" },
      seed: { type: "string", default: "1" },
      input: { type: "string" },
    },
  },
  USAGE,
);
const targets = allTargets.filter(({ name }) => values.target === undefined || name === values.target);
if (targets.length === 0) {
  console.error(
    `Cannot fuzz ${values.target} as there is no such target: known are ${allTargets.map(({ name }) => name).join(", ")}`,
  );
  process.exit(2);
}

const onFound = (why: string) => console.error(`Found; making it smaller: ${why}`);

async function fuzz(target: Target, secondsLeft: number): Promise<boolean> {
  const untilMs = performance.now() + secondsLeft * 1_000;
  let runs = 0;
  for (let seed = Number(values.seed); ; seed += 1) {
    const timeLimitMs = untilMs - performance.now();
    if (timeLimitMs <= 0) break;
    const hunt = await target.hunt({ seed, runs: RUNS_A_HUNT, timeLimitMs, onFound });
    runs += hunt.runs;
    if (!hunt.found) continue;
    console.error(`${target.name}: found with seed ${seed} after ${runs} inputs\n${hunt.found.why}`);
    if (hunt.found.input === undefined) {
      console.error(`Repeat: npm run fuzz -- --target ${target.name} --seed ${seed}`);
    } else {
      const path = relative(process.cwd(), keepFinding(target.name, hunt.found.input));
      console.error(
        `${readFileSync(path, "utf8").slice(0, 4_000)}\nRepeat: npm run fuzz -- --target ${target.name} --input ${path}`,
      );
    }
    return false;
  }
  console.log(`${target.name}: ${runs} inputs, nothing found`);
  return true;
}

let isClean = true;
for (const target of targets) {
  if (values.input === undefined) {
    isClean = (await fuzz(target, Number(values.seconds))) && isClean;
  } else {
    await target.repeat(readInput(readFileSync(values.input, "utf8")));
    console.log(`${target.name}: the input breaks no demand`);
  }
}
process.exit(isClean ? 0 : 1);
