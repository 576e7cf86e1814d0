// grpc.health.v1 for a server: SERVING while it answers, NOT_SERVING once it has begun to stop.
import {
  type HealthCheckRequest,
  type HealthCheckResponse,
  HealthDefinition,
  HealthCheckResponse_ServingStatus as ServingStatus,
} from "../../gen/grpc/health/v1/health.ts";
import { MusterError } from "../muster-error.ts";
import { type Implementation, implement } from "./service.ts";

export type ServerHealth = {
  readonly implementation: Implementation;
  /** The server is about to stop: watchers are told, checks answer NOT_SERVING. */
  stop(): void;
};

/** The health of a server of `services`, serving from the start. */
export function createServerHealth(services: readonly Implementation[]): ServerHealth {
  const names = new Set(["", ...services.map(({ definition }) => definition.fullName)]);
  const stopping = new AbortController();
  const statusOf = (service: string): HealthCheckResponse["status"] => {
    if (!names.has(service)) return ServingStatus.SERVICE_UNKNOWN;
    return stopping.signal.aborted ? ServingStatus.NOT_SERVING : ServingStatus.SERVING;
  };
  return {
    stop: () => stopping.abort(),
    implementation: implement(HealthDefinition, {
      async check({ service }: HealthCheckRequest) {
        const status = statusOf(service);
        if (status !== ServingStatus.SERVICE_UNKNOWN) return { status };
        throw new MusterError(
          "SERVICE_UNKNOWN",
          `Cannot tell the health of ${service.slice(0, 64)}: it is not served here`,
        );
      },
      async *watch({ service }: HealthCheckRequest, { signal }) {
        yield { status: statusOf(service) };
        await new Promise<void>((resolve) => {
          const done = () => resolve();
          if (stopping.signal.aborted || signal.aborted) return done();
          stopping.signal.addEventListener("abort", done, { once: true });
          signal.addEventListener("abort", done, { once: true });
        });
        yield { status: statusOf(service) };
      },
    }),
  };
}
