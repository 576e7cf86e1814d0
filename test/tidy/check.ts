// `npm run check`: everything that can be said of the code without running it. The steps run side by side, each one's
// output is shown only if it fails.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { ROOT } from "./sources.ts";
import { environmentWithTools } from "./tools.ts";

type Step = { readonly name: string; readonly command: readonly string[] };

const script = (file: string, ...args: string[]) => [process.execPath, "-C", "@muster/source", file, ...args];

const steps: readonly Step[] = [
  { name: "types", command: ["tsc", "-p", "."] },
  { name: "lint and format", command: ["biome", "check", "--error-on-warnings", "."] },
  { name: "tidy rules", command: script("test/tidy/check-rules.ts") },
  { name: "words", command: script("test/tidy/check-words.ts") },
  { name: "lock file", command: script("test/tidy/complete-lock.ts", "--check") },
  { name: "unused code", command: ["knip"] },
  { name: "contract lint", command: ["buf", "lint"] },
  { name: "contract format", command: ["buf", "format", "--diff", "--exit-code"] },
  ...(existsSync(`${ROOT}proto/baseline.binpb`)
    ? [{ name: "contract compatible", command: ["buf", "breaking", "--against", "proto/baseline.binpb"] }]
    : []),
  { name: "generated files", command: script("test/tidy/generate.ts", "--check") },
];

const env = environmentWithTools();

async function run(step: Step): Promise<boolean> {
  const startedMs = performance.now();
  const [program = "", ...args] = step.command;
  const child = spawn(program, args, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
  const output: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
  const code = await new Promise<number | null>((resolve) => {
    child.once("error", (error) => {
      output.push(Buffer.from(error.message));
      resolve(1);
    });
    child.once("close", resolve);
  });
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  console.log(`${code === 0 ? "ok  " : "FAIL"} ${step.name} (${seconds} s)`);
  if (code !== 0) console.log(Buffer.concat(output).toString("utf8").trimEnd());
  return code === 0;
}

const results = await Promise.all(steps.map(run));
const failed = results.filter((ok) => !ok).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
