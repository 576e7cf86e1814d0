// `node test/sim/bugs/hunt.ts NAME [--seconds N] [--from SEED]`: runs seeds of the world with one planted fault until a checker
// finds it, and prints what was found as one line of JSON. Exit 0: found. 1: not found in that many CPU seconds.

import { readOptions } from "@muster/service/tool-options";
import { getFault } from "./bank.ts";
import { plant } from "./planted-fault.ts";

const USAGE = `node test/sim/bugs/hunt.ts NAME [--seconds 600] [--from 1]: seeds of the world with one planted fault until a checker finds it`;

const { values, positionals } = readOptions(
  {
    allowPositionals: true,
    options: { seconds: { type: "string", default: "600" }, from: { type: "string", default: "1" } },
  },
  USAGE,
);
const fault = getFault(positionals[0] ?? "");
plant(fault);
// Only now: what is imported from here on carries the fault.
const { huntFor } = await import("./hunt-for.ts");
const found = await huntFor({ cpuSecondsMax: Number(values.seconds), fromSeed: Number(values.from) });
console.log(JSON.stringify({ name: fault.name, ...found }));
process.exit(found.caughtBy === undefined ? 1 : 0);
