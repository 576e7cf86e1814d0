// Asks the script that simulates, in a worker or, where there is none to be had, in the page.
import { browser } from "./dom.ts";
import type { Simulated } from "./simulation.ts";
import type { Verdict } from "./verdicts.ts";

type Worker = {
  onmessage?: (event: { readonly data: Verdict }) => void;
  onerror?: () => void;
  postMessage(message: Simulated): void;
  terminate(): void;
};
const scope = globalThis as unknown as {
  readonly Worker: new (url: string) => Worker;
  readonly musterSimulate?: (simulated: Simulated) => Verdict;
};

const SCRIPT = "simulate.js";
const FAILED: Verdict = { isGood: false, lines: ["The script that simulates cannot be loaded."] };

let running: Worker | undefined;

/** Calls back once, unless it is asked again before: the first is given up then. */
export function askSimulation(simulated: Simulated, then: (verdict: Verdict) => void): void {
  running?.terminate();
  running = startWorker();
  if (!running) return void runInPage(simulated, then);
  const worker = running;
  worker.onmessage = ({ data }) => {
    worker.terminate();
    then(data);
  };
  worker.onerror = () => then(FAILED);
  worker.postMessage(simulated);
}

function startWorker(): Worker | undefined {
  try {
    return new scope.Worker(SCRIPT);
  } catch {
    return undefined; // A page from a disk gets none.
  }
}

function runInPage(simulated: Simulated, then: (verdict: Verdict) => void): void {
  const run = () => then(scope.musterSimulate?.(simulated) ?? FAILED);
  if (scope.musterSimulate) {
    run();
    return;
  }
  const script = browser.document.createElement("script");
  script.src = SCRIPT;
  script.addEventListener("load", run);
  script.addEventListener("error", () => then(FAILED));
  browser.document.head.append(script);
}
