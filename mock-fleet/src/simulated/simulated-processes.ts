// Server processes of fleets that are simulated, inside the fleet's own process: tens of thousands of them, on one timer.
import { type Clock, createSeededRandom, isAbortError } from "@muster/kit";
import { MusterError, type ProcessId } from "@muster/proto";
import { createMatcherPeers, isMatcherAllowed } from "@muster/proto/grpc";
import type { SimulatedSpec } from "../core/simulated-spec.ts";
import type { ServerProcesses, SimulationParts } from "../ports.ts";
import { playBehaviour } from "./play-behaviour.ts";
import { createProcessLog, type ProcessLog } from "./process-log.ts";
import type { SimulatedScript } from "./simulated-server.ts";
import type { AttachCall } from "./simulated-sidecar.ts";
import { type SimulatedProcess, startSimulatedServer } from "./start-server.ts";
import type { Timers } from "./timers.ts";

export type SimulatedProcessesOptions = {
  /** In-process, without heartbeats: `beat` stands for those. */
  readonly attach: AttachCall;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly simulation: SimulationParts | undefined;
  /** How long a game that stands still is believed to be well, in ms. */
  readonly healthMs: number;
  /** Called for every living process in turn, often enough for none to count as silent. */
  readonly beat: (processId: ProcessId) => void;
  readonly beatIntervalMs: number;
};

export interface SimulatedProcesses extends ServerProcesses, AsyncDisposable {}

/** Disposing ends them all at once, without a word. */
export function createSimulatedProcesses(options: SimulatedProcessesOptions): SimulatedProcesses {
  const { clock, timers, attach, simulation } = options;
  const matcherPeers = simulation && createMatcherPeers(simulation.network);
  const mayCall = (endpoint: string) => isMatcherAllowed(endpoint, simulation?.matchers ?? []);
  /** The matcher at `endpoint`. */
  const matcherAt = (endpoint: string) => {
    if (matcherPeers && mayCall(endpoint)) return matcherPeers.peerOf(endpoint);
    const why = `Cannot call the matcher at ${endpoint} as MUSTER_MATCHERS does not name it`;
    throw new MusterError("MATCHER_NOT_ALLOWED", why, { metadata: { endpoint } });
  };
  const running = new Map<ProcessId, SimulatedProcess>();
  const logs = new Map<ProcessId, ProcessLog>();
  /** By fleet: what the seed of the next process is made of, so that a run repeats whatever the ids are. */
  const started = new Map<string, number>();
  const stop = new AbortController();

  const beat = async () => {
    for (;;) {
      await clock.sleep(options.beatIntervalMs, stop.signal);
      for (const processId of running.keys()) options.beat(processId);
    }
  };
  const logOf = (processId: ProcessId) => {
    const known = logs.get(processId);
    if (known) return known;
    const log = createProcessLog();
    logs.set(processId, log);
    return log;
  };
  const scriptOf = (spec: SimulatedSpec): SimulatedScript =>
    (spec.script === undefined ? undefined : simulation?.scripts.get(spec.script)) ?? playBehaviour(spec, timers.after);

  beat().catch((error: unknown) => {
    if (!isAbortError(error)) throw error;
  });
  return {
    start(launch) {
      const { processId, fleet } = launch;
      const spec = fleet.simulated;
      if (!spec) throw new Error(`fleet ${fleet.name} is not simulated`);
      const number = (started.get(fleet.name) ?? 0) + 1;
      started.set(fleet.name, number);
      const random = createSeededRandom(Math.imul(spec.seed, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b));
      // Made on the first line: most processes print nothing.
      const log: Pick<ProcessLog, "write"> = { write: (text) => logOf(processId).write(text) };
      const server = startSimulatedServer(launch, {
        ...{ attach, clock, timers, random, matcherAt, log },
        healthMs: options.healthMs,
        script: scriptOf(spec),
      });
      running.set(processId, server);
      void server.exited.then(() => {
        if (running.get(processId) !== server) return;
        running.delete(processId);
        logs.get(processId)?.close();
      });
      return server;
    },
    afflict: (processId, blow) => running.get(processId)?.afflict(blow),
    sweep: (processId) => running.get(processId)?.kill(),
    forget: (processId) => void logs.delete(processId),
    readLog: (processId, how, signal) => logOf(processId).read(how, signal),
    async [Symbol.asyncDispose]() {
      stop.abort();
      for (const server of [...running.values()]) server.kill();
      await matcherPeers?.[Symbol.asyncDispose]();
    },
  };
}
