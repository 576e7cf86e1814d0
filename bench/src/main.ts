// `npm run bench -- NAME [--json]`: runs one benchmark and prints its table; with --json the last line is one object.
import { parseArgs } from "node:util";
import { describeMachine, type Report, renderReport } from "./report.ts";

const benches: Readonly<Record<string, () => Promise<{ run: () => Promise<Report> }>>> = {
  journal: () => import("./journal/journal.ts"),
  matching: () => import("./matching/matching.ts"),
  rules: () => import("./rules/rules.ts"),
  rpc: () => import("./rpc/rpc.ts"),
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: "boolean" } } });
const [name] = positionals;
const load = name === undefined ? undefined : benches[name];
if (!load) {
  console.error(
    `Cannot run the benchmark ${name ?? ""} as there is none of that name: ${Object.keys(benches).join(", ")}`,
  );
  process.exit(2);
}
const machine = describeMachine();
const report = await (await load()).run();
console.log(renderReport(report, machine));
if (values.json) console.log(JSON.stringify({ ...report, machine }));
process.exit(0);
