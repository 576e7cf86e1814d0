import { writeFileSync } from "node:fs";
import { createCheckers } from "./checkers/table.ts";
import { runSeed } from "./run-seed.ts";
import { fleetConfigOf } from "./world/configurations.ts";
import { drawKnobs, REFERENCE } from "./world/knobs.ts";

Error.stackTraceLimit = 12;
const [from = 1, count = 20, seconds = 60, verbose = 0, check = 0, ref = 0] = process.argv.slice(2).map(Number);
const tally = new Map<string, number[]>();
let ev = 0, cp = 0, sm = 0;
process.on("unhandledRejection", (e) => { console.log("UNHANDLED", e); process.exit(1); });
for (let seed = from; seed < from + count; seed += 1) {
  const started = process.cpuUsage();
  const knobs = ref ? REFERENCE : drawKnobs(seed);
  const config = fleetConfigOf(knobs);
  const checkers = check ? [createCheckers({ hostLostAfterMs: config.settings.hostLostAfterMs, queues: config.queues })] : [];
  const { story, events, simulatedMs, failure, digest } = await runSeed({ seed, troubleMs: seconds * 1000, liveness: !ref, checkers, knobs, linesMax: verbose ? 1000000 : 10 });
  const { user, system } = process.cpuUsage(started);
  const cpu = (user + system) / 1e6;
  ev += events; cp += cpu; sm += simulatedMs / 1000;
  if (failure) {
    const text = failure instanceof Error ? (verbose ? failure.stack ?? "" : failure.message) : String(failure);
    const key = text.split(":")[0] ?? "";
    tally.set(key, [...(tally.get(key) ?? []), seed]);
    console.log(`seed ${seed}: ${text}`);
  }
  if (verbose) writeFileSync(`/tmp/story${seed}.txt`, story.join("\n"));
  if (ref || count === 1) console.log(digest, `seed ${seed} ${events} events ${cpu.toFixed(2)} s ${Math.round(events / cpu)}/s ${Math.round(simulatedMs / 1000 / cpu)}x`);
}
console.log(tally, `${ev} events ${cp.toFixed(1)} CPU s, ${Math.round(ev/cp)}/s, ${Math.round(sm/cp)}x, ${(sm/count).toFixed(0)} s per seed`);
process.exit(0);
