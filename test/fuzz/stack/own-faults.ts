// For clients, which run in the fuzzer's own process: what nobody caught, and how long the event loop was held meanwhile.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Finding } from "../finding.ts";
import { BLOCK_MS_MAX, CONFIRMATIONS } from "../loop-block.ts";

export interface OwnFaults extends Disposable {
  /** Runs `work` and looks at what it did to the process. @throws {Finding}; what `work` throws. */
  watch(work: () => Promise<void>): Promise<void>;
}

/** Listens until disposed. */
export function listenForFaults(): OwnFaults {
  const faults: unknown[] = [];
  const note = (error: unknown) => void faults.push(error);
  process.on("uncaughtException", note);
  process.on("unhandledRejection", note);
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();

  const measure = async (work: () => Promise<void>): Promise<number> => {
    loop.reset();
    const cpu = process.cpuUsage();
    const [done] = await Promise.allSettled([work()]);
    // A rejection that nobody handles is told of a turn later.
    await new Promise((resolve) => setImmediate(resolve));
    const { user, system } = process.cpuUsage(cpu);
    // What would have ended the process comes first: a call that has no end may well be its work.
    const [fault] = faults.splice(0);
    if (fault) throw new Finding(`It would end the process: ${tell(fault)}`, { cause: fault });
    if (done.status === "rejected") throw done.reason;
    return Math.min(loop.max / 1_000_000, (user + system) / 1_000);
  };
  return {
    async watch(work) {
      let blockMs = await measure(work);
      for (let tries = 0; blockMs > BLOCK_MS_MAX && tries < CONFIRMATIONS; tries += 1) {
        blockMs = Math.min(blockMs, await measure(work));
      }
      if (blockMs > BLOCK_MS_MAX) throw new Finding(`It blocks the event loop for ${Math.round(blockMs)} ms`);
    },
    [Symbol.dispose]() {
      loop.disable();
      process.off("uncaughtException", note);
      process.off("unhandledRejection", note);
    },
  };
}

function tell(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
