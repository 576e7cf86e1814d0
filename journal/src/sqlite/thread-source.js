// Runs first in each thread that start-thread.ts starts from source: has the main thread read its modules. Not TypeScript,
// as it could not read itself.
import { registerHooks } from "node:module";
import { receiveMessageOnPort, workerData } from "node:worker_threads";

/** @type {import("./start-thread.ts").ThreadSource} */
const { port, answered } = workerData.threadSource;

registerHooks({
  load(url, context, nextLoad) {
    if (!url.endsWith(".ts")) return nextLoad(url, context);
    Atomics.store(answered, 0, 0);
    port.postMessage(url);
    Atomics.wait(answered, 0, 0);
    /** @type {import("./start-thread.ts").Answer} */
    const answer = receiveMessageOnPort(port)?.message;
    if ("failure" in answer) throw new Error(answer.failure);
    return { format: "module", shortCircuit: true, source: answer.source };
  },
});
