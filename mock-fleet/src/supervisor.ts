// Keeps a sidecar running for every process that the fleet launched: starts it, starts it again when it dies while its game
// may live, and sees to it that nothing outlives the process's end.
import { backoffMs, type Clock, isAbortError, type Random } from "@muster/kit";
import type { ProcessId } from "@muster/proto";
import type { Log } from "@muster/service";
import type { Attachments } from "./attachments.ts";
import { launchOf } from "./core/build.ts";
import { findFleet } from "./core/fleet-config.ts";
import { endProcess, processExited } from "./core/process.ts";
import type { FleetRunner } from "./fleet-runner.ts";
import type { RunningServer, ServerProcesses } from "./ports.ts";

/** Starts of one sidecar in a row without an attachment, after which its process is given up. */
const STARTS_MAX = 5;
/** How long the stream of a sidecar that has ended may still look open, in ms. */
const STREAM_END_MS = 1_000;
/** What a sidecar is given to exit by itself once its process has ended, in ms. */
const SIDECAR_EXIT_MS = 3_000;

export type SupervisorOptions = {
  readonly runner: FleetRunner;
  readonly processes: ServerProcesses;
  readonly attachments: Attachments;
  readonly clock: Clock;
  readonly random: Random;
  readonly hostAddress: string;
  readonly log: Log;
  /** Filled with the processes whose sidecar runs as our child. */
  readonly supervised: Set<ProcessId>;
  /** The journal is lost: whatever runs is somebody else's from now on, and nothing is started or killed any more. */
  readonly abandoned: AbortSignal;
};

export interface Supervisor extends AsyncDisposable {
  /** Starts the sidecar of a launched process. */
  launch(processId: ProcessId): void;
  /**
   * Gives a silent process of an earlier run of the fleet a new sidecar, which takes the living game over or reports that it
   * is gone; again, for as long as it is silent, whenever another `hostSilentAfterMs` has passed. Nothing if its sidecar is
   * our child: that one is known to live.
   */
  adopt(processId: ProcessId): void;
  /** The process is to end: a sidecar whose stream is not open is told by its supervisor. */
  terminate(processId: ProcessId): void;
  /** The process has ended: its sidecar is to go, by itself or not. */
  end(processId: ProcessId): void;
}

/** Disposing waits for the sidecars of ended processes to be gone, and kills what is left; once abandoned it does nothing. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { runner, processes, attachments, clock, random, hostAddress, log, supervised, abandoned } = options;
  const running = new Map<ProcessId, RunningServer>();
  const starts = new Map<ProcessId, number>();
  const startedMs = new Map<ProcessId, number>();
  /** Processes of an earlier run whose new sidecar has not attached yet. */
  const adopting = new Set<ProcessId>();
  /** Processes that have ended, and whose sidecar still has its time to go. */
  const ending = new Set<ProcessId>();
  const closing = new AbortController();
  abandoned.addEventListener("abort", () => closing.abort(), { once: true });

  /** Nothing of the process is left after this. */
  const sweep = (processId: ProcessId) => {
    ending.delete(processId);
    startedMs.delete(processId);
    running.get(processId)?.kill();
    processes.sweep(processId);
  };
  const start = (processId: ProcessId) => {
    const process = runner.state.processes.get(processId);
    const fleet = process && findFleet(runner.config, process.fleet);
    if (!process || !fleet || process.status.phase === "ENDED" || closing.signal.aborted) return;
    const { incarnation, attachGeneration, secret, address } = process;
    const program = launchOf(fleet, process);
    const told = { processId, incarnation, attachGeneration, secret, address, hostAddress };
    const server = processes.start({ fleet, program, ...told });
    running.set(processId, server);
    startedMs.set(processId, runner.nowMs());
    supervised.add(processId);
    log.info({ processId, fleet: fleet.name, ports: address.ports }, "Started a server process");
    void server.exited.then(({ how }) => sidecarExited(processId, how));
  };
  const sidecarExited = (processId: ProcessId, how: string) => {
    running.delete(processId);
    supervised.delete(processId);
    const process = runner.state.processes.get(processId);
    if (!process || process.status.phase === "ENDED" || closing.signal.aborted) {
      starts.delete(processId);
      startedMs.delete(processId);
      return;
    }
    if (process.status.phase === "TERMINATING") {
      return runner.act((state) => processExited(state, process, how));
    }
    const heardSince = (attachments.lastHeardMs(processId) ?? -1) >= (startedMs.get(processId) ?? 0);
    if (adopting.delete(processId)) {
      // The old sidecar may live and hold the game: then its silence decides, not how often we tried.
      if (!heardSince) return;
      // Was it the old one that was heard, or ours that ended? The stream tells.
      return after(STREAM_END_MS, () => {
        if (!attachments.processIds.has(processId)) start(processId);
      });
    }
    const attempts = heardSince ? 1 : (starts.get(processId) ?? 1) + 1;
    log.warn({ processId, how, attempts }, "A sidecar ended while its game may live");
    if (attempts > STARTS_MAX) {
      const end = { reason: `sidecar ${how}`, cause: "PROCESS_CRASHED", crashed: true } as const;
      return runner.act((state) => endProcess(state, process, end));
    }
    starts.set(processId, attempts);
    after(backoffMs(attempts, random, { firstMs: 200, maxMs: 5_000 }), () => start(processId));
  };
  const after = (delayMs: number, act: () => void) => {
    clock.sleep(delayMs, closing.signal).then(act, (error: unknown) => {
      if (!isAbortError(error)) throw error;
    });
  };

  return {
    launch: start,
    adopt(processId) {
      const sinceMs = startedMs.get(processId) ?? Number.NEGATIVE_INFINITY;
      if (running.has(processId) || runner.nowMs() - sinceMs < runner.config.settings.hostSilentAfterMs) return;
      adopting.add(processId);
      start(processId);
    },
    terminate(processId) {
      if (!attachments.processIds.has(processId)) running.get(processId)?.terminate();
    },
    end(processId) {
      ending.add(processId);
      after(SIDECAR_EXIT_MS, () => sweep(processId));
    },
    async [Symbol.asyncDispose]() {
      if (abandoned.aborted) return;
      const gone = Promise.all([...running.values()].map((server) => server.exited));
      const stopWaiting = new AbortController();
      const waited = clock.sleep(SIDECAR_EXIT_MS, stopWaiting.signal).catch(() => undefined);
      await Promise.race([gone, waited]);
      stopWaiting.abort();
      closing.abort();
      for (const processId of [...running.keys(), ...ending]) sweep(processId);
      await gone;
    },
  };
}
