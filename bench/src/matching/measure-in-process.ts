// One measurement in a process of its own. Started by itself it is that process: arguments are the name and the task as JSON,
// its last line is the figures.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { isMeasurement, type Measure, measureHere } from "./measurements.ts";

const run = promisify(execFile);
const self = fileURLToPath(import.meta.url);
/** A million tickets as objects, with what is measured around them, are more than the default takes. */
const HEAP_MB_MAX = 8_192;
const OUTPUT_BYTES_MAX = 16 * 2 ** 20;

export const measureInProcess: Measure = async (name, task) => {
  const args = ["--conditions=@muster/source", `--max-old-space-size=${HEAP_MB_MAX}`, self, name, JSON.stringify(task)];
  const { stdout } = await run(process.execPath, args, { maxBuffer: OUTPUT_BYTES_MAX });
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
};

if (process.argv[1] === self) {
  const [, , name = "", task = ""] = process.argv;
  if (!isMeasurement(name)) throw new RangeError(`Cannot measure ${name} as there is no such measurement`);
  console.log(JSON.stringify(await measureHere(name, JSON.parse(task))));
}
