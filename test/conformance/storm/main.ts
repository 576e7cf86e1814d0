// `npm run storm -- [--seconds 60] [--setters 64]`: one reader of a sidecar's watch that reads, then takes nothing, then is gone,
// and callers whose every call is news to it. Exit 0 only if every call was answered, no second passed without answers, and
// the reader that comes back knows what the fleet knows.

import { readOptions } from "@muster/service/tool-options";
import { runStorm } from "./run-storm.ts";

const USAGE = `npm run storm -- [--seconds 60] [--setters 64]: callers, and one reader of a sidecar's watch that reads, stops, dies and comes back`;

const { values } = readOptions(
  {
    options: { seconds: { type: "string", default: "60" }, setters: { type: "string", default: "64" } },
  },
  USAGE,
);
const ms = (Number(values.seconds) * 1_000) / 3;
const report = await runStorm({ setters: Number(values.setters), act: { ms } });
console.log(JSON.stringify(report, undefined, 2));
const { refusals, slowestSecond, fault, agrees } = report;
process.exit(refusals.length === 0 && slowestSecond > 0 && fault === undefined && agrees ? 0 : 1);
