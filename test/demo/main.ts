// `npm run demo`: one story of a whole set-up, told by real processes in under a minute. Exit 0 only if all of it was seen
// on the wire. With --json the last line of the output is the result.
import { watchStopRequests } from "@muster/service";
import { readOptions } from "@muster/service/tool-options";
import { type CheckResult, createChecks, StoryFailed } from "./checks.ts";
import { openDemoWorld } from "./demo-world.ts";
import { tellStory } from "./story.ts";

const USAGE = `npm run demo [-- --json]: one story of a whole set-up, told by real processes. Exit 0: all of it was seen.`;

const { values } = readOptions({ options: { json: { type: "boolean", default: false } } }, USAGE);
const startedMs = performance.now();

function printResult({ name, ok, ms, why }: CheckResult): void {
  console.log(`${ok ? "seen    " : "NOT SEEN"}  ${(ms / 1_000).toFixed(2).padStart(6)} s  ${name}`);
  if (why !== undefined) console.log(`          ${why}`);
}

const checks = createChecks(printResult);
const { stop } = watchStopRequests(process.env);
const calledOff = new Promise<never>((_, reject) => {
  stop.addEventListener("abort", () => reject(new StoryFailed(`called off: ${stop.reason}`)), { once: true });
});
calledOff.catch(() => undefined); // Heard of only while the story is told.

let ended = false;
try {
  await using world = await checks.check("matcher, fleet and servers start", () => openDemoWorld(stop));
  await Promise.race([tellStory({ world, checks }), calledOff]);
  ended = true;
} catch (error) {
  if (!(error instanceof StoryFailed)) throw error;
}
const ms = Math.round(performance.now() - startedMs);
const ok = ended && checks.results.every((result) => result.ok);
const seen = checks.results.filter((result) => result.ok).length;
console.log(`${ok ? "All of it was seen" : "The story broke off"}: ${seen} checks in ${(ms / 1_000).toFixed(1)} s`);
if (values.json) console.log(JSON.stringify({ ok, ms, checks: checks.results }));
process.exit(ok ? 0 : 1);
