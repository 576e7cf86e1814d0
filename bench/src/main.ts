// `npm run bench -- NAME [--only PART] [--chart] [--json]`: runs one benchmark, or a part of it where it has parts, and prints its
// table; with --json the last line is one object.

import { readOptions } from "@muster/service/tool-options";
import { type BenchOptions, describeMachine, type Report, renderReport } from "./report.ts";

const benches: Readonly<Record<string, () => Promise<{ run: (options: BenchOptions) => Promise<Report> }>>> = {
  api: () => import("./api/api.ts"),
  backfill: () => import("./backfill/backfill.ts"),
  events: () => import("./events/events.ts"),
  fleet: () => import("./fleet/fleet.ts"),
  http: () => import("./http/http.ts"),
  install: () => import("./install/install.ts"),
  journal: () => import("./journal/journal.ts"),
  matching: () => import("./matching/matching.ts"),
  queries: () => import("./queries/queries.ts"),
  rules: () => import("./rules/rules.ts"),
  rpc: () => import("./rpc/rpc.ts"),
  sdk: () => import("./sdk/sdk.ts"),
  sidecar: () => import("./sidecar/sidecar.ts"),
  watchers: () => import("./watchers/watchers.ts"),
  worst: () => import("./worst/worst.ts"),
};

const USAGE = `npm run bench -- NAME [--only PART] [--chart] [--json]: runs one benchmark and prints its table.

  NAME     ${Object.keys(benches).join(", ")}
  --only   one part of it, where it has parts: bench/README.md names them
  --chart  draws its chart anew, if it has one
  --json   the last line is the report as one object`;

const { values, positionals } = readOptions(
  {
    allowPositionals: true,
    options: { json: { type: "boolean" }, only: { type: "string" }, chart: { type: "boolean" } },
  },
  USAGE,
);
const [name] = positionals;
const load = name === undefined ? undefined : benches[name];
if (!load) {
  console.error(
    `Cannot run the benchmark ${name ?? ""} as there is none of that name: ${Object.keys(benches).join(", ")}`,
  );
  process.exit(2);
}
const machine = describeMachine();
const report = await (await load()).run({ only: values.only, chart: values.chart });
console.log(renderReport(report, machine));
if (values.json) console.log(JSON.stringify({ ...report, machine }));
process.exit(0);
