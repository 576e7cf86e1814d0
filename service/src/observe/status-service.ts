// Answers how this service is doing: what it is, whether it takes calls, its numbers as they stand.
import type { Metrics } from "@muster/kit";
import { toMusterError } from "@muster/proto";
import { type Implementation, implement } from "@muster/proto/rpc";
import { StatusServiceDefinition } from "@muster/proto/service";

export type StatusServiceOptions = {
  readonly service: string;
  readonly version: string;
  /** Wall clock. */
  readonly startedAtMs: number;
  readonly metrics: Metrics;
  /** Rejects with why no calls are taken. */
  readonly readiness: () => Promise<void>;
};

export function createStatusService(options: StatusServiceOptions): Implementation {
  const { service, version, startedAtMs, metrics, readiness } = options;
  return implement(StatusServiceDefinition, {
    async describeStatus() {
      const notReadyReason = await readiness().then(
        () => "",
        (error: unknown) => toMusterError(error).reason,
      );
      const numbers = metrics.readGauges().map(({ name, labels, value }) => ({ name, labels: { ...labels }, value }));
      return { service, version, startedAt: new Date(startedAtMs), notReadyReason, numbers };
    },
  });
}
