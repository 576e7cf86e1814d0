// `npm test`: the end-to-end tests, one after the other, beside all others. They wait for processes more than they work, so that
// the one lane computes while the other waits. Arguments go to one vitest, with all projects: `npm test -- matcher`.
import { spawn } from "node:child_process";

type Lane = { readonly name: string; readonly args: readonly string[]; readonly isShownAtOnce: boolean };

const together: readonly Lane[] = [
  { name: "unit and system tests", args: ["--project", "unit", "--project", "system"], isShownAtOnce: true },
  { name: "end-to-end tests", args: ["--project", "e2e"], isShownAtOnce: false },
];

type Ended = { readonly lane: Lane; readonly code: number | null; readonly output: Buffer };

async function run(lane: Lane): Promise<Ended> {
  const output: Buffer[] = [];
  const out = lane.isShownAtOnce ? "inherit" : "pipe";
  const child = spawn("vitest", ["run", ...lane.args], { stdio: ["ignore", out, out] });
  child.stdout?.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => output.push(chunk));
  const code = await new Promise<number | null>((resolve) => {
    child.once("error", (error) => {
      output.push(Buffer.from(`${error.message}\n`));
      resolve(1);
    });
    child.once("close", resolve);
  });
  return { lane, code, output: Buffer.concat(output) };
}

const args = process.argv.slice(2);
const lanes = args.length === 0 ? together : [{ name: "tests", args, isShownAtOnce: true }];
let isPassed = true;
// What is not shown at once is shown whole, after what was: two at a time could not be told apart.
for (const { lane, code, output } of await Promise.all(lanes.map(run))) {
  process.stdout.write(output);
  if (code === 0) continue;
  isPassed = false;
  console.log(`FAIL ${lane.name}`);
}
process.exitCode = isPassed ? 0 : 1;
