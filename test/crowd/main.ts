// `npm run crowd -- [--servers 50] [--bots 500] [--seconds 120] [--seed N] [--json]`: real servers, and more bots than they have seats,
// that come, leave, vanish, return and never show up. Exit 0 only if no server ever counted more players than it has seats, and no
// seat stood empty for longer than a second while somebody was waiting.
import { watchStopRequests } from "@muster/service";
import { readOptions } from "@muster/service/tool-options";
import { runCrowd } from "./run-crowd.ts";

const EMPTY_MAX_MS = 1_000;

const USAGE = `npm run crowd: real servers, and more bots than they have seats. Exit 0: no seat was given twice, none stood empty for long.

  --servers N  (50)
  --bots N     (500)
  --seconds N  (120)
  --seed N     (1)
  --json       the last line is the result as one object`;

const { values } = readOptions(
  {
    options: {
      servers: { type: "string", default: "50" },
      bots: { type: "string", default: "500" },
      seconds: { type: "string", default: "120" },
      seed: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
    },
  },
  USAGE,
);
const { stop } = watchStopRequests(process.env);
const { overCapacity, servers, deeds, emptyMs } = await runCrowd(
  {
    servers: Number(values.servers),
    bots: Number(values.bots),
    seconds: Number(values.seconds),
    seed: Number(values.seed),
    stayMs: { least: 10_000, most: 30_000 },
  },
  { signal: stop, onProgress: (what) => console.error(what) },
);
const sorted = emptyMs.toSorted((a, b) => a - b);
const percentile = (share: number) => Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0);
const figures = {
  servers,
  seatsRefilled: sorted.length,
  ...{ emptyP50Ms: percentile(0.5), emptyP99Ms: percentile(0.99), emptyMaxMs: percentile(1) },
  emptyTooLong: sorted.filter((ms) => ms > EMPTY_MAX_MS).length,
  overCapacity: overCapacity.length,
};
for (const testimony of overCapacity) console.log(`over capacity: ${JSON.stringify(testimony)}`);
for (const [name, value] of Object.entries({ ...deeds, ...figures })) console.log(`  ${name.padEnd(16)}${value}`);
if (values.json) console.log(JSON.stringify({ ...figures, deeds }));
process.exit(figures.overCapacity + figures.emptyTooLong > 0 ? 1 : 0);
