// A thread for start-thread.test.ts: tells which of Node's own modules it has loaded, and so does a thread that it starts.
import { parentPort, workerData } from "node:worker_threads";
import { invariant } from "@muster/kit";
import { startThread } from "./start-thread.ts";

invariant(parentPort, "this file runs as a worker");
const port = parentPort;
const loaded: readonly string[] = Reflect.get(process, "moduleLoadList");
port.postMessage({ depth: workerData.depth, loaded });
if (workerData.depth > 1) {
  const inner = startThread("start-thread.fixture", import.meta.url, { depth: workerData.depth - 1 });
  inner.on("message", (message) => port.postMessage(message));
}
