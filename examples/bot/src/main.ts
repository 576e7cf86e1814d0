// A stream of bots that play the arena, or drift through the lobby: `muster dev` runs it beside the services, and so does anybody with a backend.
// Every line on standard output is one event: the player, what happened, and what belongs to it.
import { createBackendClient } from "./backend-client.ts";
import { createRandom } from "./core/random.ts";
import { readEnvironment } from "./environment.ts";
import { runStream } from "./run-stream.ts";

const backendGoneMs = 60_000;

const { backendUrl, mode, ways, playersPerSecond, playersMax, seed } = readEnvironment(
  process.env,
  Math.floor(Math.random() * 100_000),
);
const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());

console.log(`bots: ${playersPerSecond} players a second, at most ${playersMax} at once, BOT_SEED=${seed}`);
const backend = createBackendClient({ url: backendUrl, mode, random: createRandom(seed) });
const tell = (player: string, { type, ...details }: { readonly type: string }) =>
  console.log([player, type, ...Object.entries(details).map(([name, value]) => `${name}=${value}`)].join(" "));
const end = await runStream({ backend, seed, ways, playersPerSecond, playersMax, backendGoneMs, tell }, stop.signal);
console.log(end === "called-off" ? "bots: all gone" : `bots: no answer from ${backendUrl} for ${backendGoneMs} ms`);
process.exitCode = end === "called-off" ? 0 : 1;
