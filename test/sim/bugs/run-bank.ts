// `npm run sim -- --bank`: plants every fault in turn, each in a process of its own, two at a time, and tells which checker
// found it, by which seed, and in how many CPU seconds.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { BANK } from "./bank.ts";

export type BankRow = {
  readonly name: string;
  readonly caughtBy: string | undefined;
  readonly why: string;
  readonly seed: number;
  readonly cpuSeconds: number;
};

const HUNT = fileURLToPath(new URL("hunt.ts", import.meta.url));
const AT_ONCE = 2;

/** The rows in the order of the bank. Each fault is looked for up to `cpuSecondsMax`. */
export async function runBank(cpuSecondsMax: number, tell: (row: BankRow) => void): Promise<readonly BankRow[]> {
  const rows: BankRow[] = [];
  const queue = [...BANK];
  const work = async () => {
    for (let fault = queue.shift(); fault; fault = queue.shift()) {
      const row = await hunt(fault.name, cpuSecondsMax);
      rows.push(row);
      tell(row);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const place = (row: BankRow) => BANK.findIndex((fault) => fault.name === row.name);
  return rows.toSorted((one, other) => place(one) - place(other));
}

/** Runs one fault's hunt to its end. */
export async function hunt(name: string, cpuSecondsMax: number): Promise<BankRow> {
  const args = ["-C", "@muster/source", HUNT, name, "--seconds", String(cpuSecondsMax)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  await new Promise((resolve) => child.once("close", resolve));
  const line = Buffer.concat(output).toString("utf8").trim().split("\n").at(-1) ?? "";
  if (!line.startsWith("{")) throw new Error(`Cannot hunt for "${name}": ${Buffer.concat(errors).toString("utf8")}`);
  const row: BankRow = JSON.parse(line);
  return row;
}
