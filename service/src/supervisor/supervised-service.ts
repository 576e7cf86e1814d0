// One program under supervision: started, started again with backoff whenever it ends, stopped in order.
import { backoffMs, type Clock, isAbortError, type Random } from "@muster/kit";
import { MusterError } from "@muster/proto";
import type { ProcessPort } from "./process-port.ts";
import { type ServiceRun, startRun } from "./service-run.ts";
import type { ServiceEvent, ServiceSpec } from "./service-spec.ts";

/** A run this long was no failed start: the next crash waits as if it were the first, in ms. */
const STABLE_MS = 10_000;

export interface SupervisedService {
  /** Resolves when the first start is ready; rejects when it has failed, and then nothing is tried again. */
  readonly ready: Promise<void>;
  /** Of the present run. */
  readonly pid: number | undefined;
  /** From now on it is not started again. */
  retire(): void;
  /** SIGTERM to the group, SIGKILL after `stopMs`. Resolves when it has ended; never rejects. A repeat joins the first. */
  stop(): Promise<void>;
  /** SIGKILL to the group, now. */
  kill(): void;
}

export type SupervisionPorts = {
  readonly onEvent: (event: ServiceEvent) => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly processes: ProcessPort;
};

/** Starts `spec` and keeps it running. */
export function superviseService(spec: ServiceSpec, ports: SupervisionPorts): SupervisedService {
  const { clock, onEvent } = ports;
  const { name } = spec;
  const stopping = new AbortController();
  let run: ServiceRun | undefined;
  const first = Promise.withResolvers<void>();
  first.promise.catch(() => undefined); // Whoever started the service hears of it, even if that is later.
  const refuse = (why: string) =>
    first.reject(new MusterError("SERVICE_NOT_READY", `Cannot start ${name} as its process does not serve: ${why}`));

  const keepRunning = async () => {
    let everReady = false;
    for (let failures = 0; ; ) {
      const startedMs = clock.nowMs();
      onEvent({ name, type: "starting" });
      run = startRun(spec, ports);
      const failure = await run.started;
      if (failure === undefined) {
        everReady = true;
        onEvent({ name, type: "ready", pid: run.pid ?? 0, tookMs: clock.nowMs() - startedMs });
        first.resolve();
      }
      const { how, code } = await run.ended;
      run = undefined;
      if (stopping.signal.aborted) return;
      if (!everReady) return refuse(failure ?? how);
      if (failure === undefined && !spec.ours && code === 0) return onEvent({ name, type: "finished" });
      failures = clock.nowMs() - startedMs >= STABLE_MS ? 1 : failures + 1;
      const restartInMs = backoffMs(failures, ports.random);
      onEvent({ name, type: "crashed", how: failure ?? how, restartInMs });
      await clock.sleep(restartInMs, stopping.signal);
    }
  };
  const over = keepRunning().catch((error: unknown) => {
    if (!isAbortError(error)) throw error;
  });

  const stop = async () => {
    stopping.abort();
    const last = run;
    if (last) {
      onEvent({ name, type: "stopping" });
      const killed = await last.end();
      onEvent({ name, type: "stopped", how: (await last.ended).how, killed });
    }
    await over;
    refuse("everything is stopping");
  };
  let stopped: Promise<void> | undefined;
  return {
    ready: first.promise,
    get pid() {
      return run?.pid;
    },
    retire: () => stopping.abort(),
    stop() {
      stopped ??= stop();
      return stopped;
    },
    kill: () => run?.kill(),
  };
}
