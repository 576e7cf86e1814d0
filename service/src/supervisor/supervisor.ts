// Runs a set of programs as one: each in its own process group, ready by a condition, started again when it crashes,
// stopped in reverse order. The launcher alone hears Ctrl-C; should it be killed, lifelines and guards end the rest.
import { type Clock, type Random, systemClock, systemRandom } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { type ProcessPort, systemProcesses } from "./process-port.ts";
import type { ServiceEvent, ServiceSpec } from "./service-spec.ts";
import { type SupervisedService, superviseService } from "./supervised-service.ts";

export type SupervisorOptions = {
  /** Hears every change of a service, in order. */
  readonly onEvent?: (event: ServiceEvent) => void;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Spreads restarts. Default: the machine's. */
  readonly random?: Random;
  /** Default: real processes. */
  readonly processes?: ProcessPort;
};

/** Disposing stops every service in the reverse order of their start, each within its `stopMs`. */
export interface Supervisor extends AsyncDisposable {
  /**
   * Starts a service; resolves once it is ready. From then on it is started again whenever it ends, with backoff.
   *
   * @throws {MusterError} SERVICE_NOT_READY if its first start ends, or takes longer than `readyMs`. It is not tried again.
   */
  start(spec: ServiceSpec): Promise<void>;
  /** Number of the process that runs `name` now. Undefined between two runs, and for names that were never started. */
  pidOf(name: string): number | undefined;
  /** Kills whatever is still running, now. For the second Ctrl-C: an orderly stop that is under way goes on at once. */
  kill(): void;
}

/** A supervisor without services. */
export function createSupervisor(options: SupervisorOptions = {}): Supervisor {
  const {
    onEvent = () => undefined,
    clock = systemClock,
    random = systemRandom,
    processes = systemProcesses,
  } = options;
  const services = new Map<string, SupervisedService>();
  let stopped: Promise<void> | undefined;

  const stop = async () => {
    for (const service of services.values()) service.retire();
    for (const service of [...services.values()].reverse()) await service.stop();
  };

  return {
    async start(spec) {
      if (stopped) throw new MusterError("SERVICE_NOT_READY", `Cannot start ${spec.name} as everything is stopping`);
      if (services.has(spec.name)) {
        throw new MusterError("CONFIG_INVALID", `Cannot start ${spec.name} as another service has that name`);
      }
      const service = superviseService(spec, { onEvent, clock, random, processes });
      services.set(spec.name, service);
      await service.ready;
    },
    pidOf: (name) => services.get(name)?.pid,
    kill() {
      for (const service of services.values()) service.kill();
    },
    [Symbol.asyncDispose]() {
      stopped ??= stop();
      return stopped;
    },
  };
}
