// An input that never ends holds up whoever would tell of it, too: a thread of its own tells, and ends the process.
import { Worker } from "node:worker_threads";
import { writeInput } from "./input-text.ts";

/** How long one input may hold the event loop, in ms, before it counts as one that never ends. */
const NEVER_MS = 20_000;
/** Bytes of an input that a hang can name: longer ones are cut. */
const INPUT_BYTES_MAX = 4 * 1024 * 1024;

const SOURCE = `
const { workerData } = require("node:worker_threads");
const { writeFileSync } = require("node:fs");
const state = new Int32Array(workerData.state);
let seen = -1;
let sinceMs = 0;
setInterval(() => {
  const [beat, length] = [Atomics.load(state, 0), Atomics.load(state, 1)];
  if (beat !== seen || length === 0) {
    seen = beat;
    sinceMs = Date.now();
  } else if (Date.now() - sinceMs > workerData.neverMs) {
    const path = "hang-" + workerData.name + ".json";
    writeFileSync(path, Buffer.from(workerData.text).subarray(0, length));
    process._rawDebug("An input of " + workerData.name + " never ends. Repeat: npm run fuzz -- --target " + workerData.name + " --input " + path);
    process.kill(process.pid, "SIGKILL");
  }
}, 500);
`;

/** `attempt`, watched: if the event loop hangs in it, the input is written to a file and the process is killed. */
export function withWatchdog<Input>(
  name: string,
  attempt: (input: Input) => Promise<void>,
): (input: Input) => Promise<void> {
  const state = new Int32Array(new SharedArrayBuffer(8));
  const text = Buffer.from(new SharedArrayBuffer(INPUT_BYTES_MAX));
  const workerData = { name, neverMs: NEVER_MS, state: state.buffer, text: text.buffer };
  new Worker(SOURCE, { eval: true, workerData }).unref();
  // What waits for an answer does not hang: the heart beats on as long as the loop turns.
  const heart = setInterval(() => Atomics.add(state, 0, 1), 500);
  heart.unref();
  return async (input) => {
    Atomics.store(state, 1, text.write(writeInput(input)));
    Atomics.add(state, 0, 1);
    try {
      await attempt(input);
    } finally {
      Atomics.store(state, 1, 0);
    }
  };
}
