// Counts the calls of a service, outside of everything that may refuse them: how many, how they ended, how long they took.
import type { Clock, Metrics } from "@muster/kit";
import { toMusterError } from "@muster/proto";
import { attendStream, type CallContext, type Implementation, methodPath, type StreamEnd } from "@muster/proto/rpc";

/** Seconds: a call in memory takes less than the first, one that waits for a fleet or a disk up to the last. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** The same services, their calls counted in `metrics`. */
export function measureServices(
  services: readonly Implementation[],
  { metrics, clock }: { readonly metrics: Metrics; readonly clock: Clock },
): readonly Implementation[] {
  const calls = metrics.counter(
    "muster_calls_total",
    "Calls that have ended, by method and reason; OK for those that were answered.",
  );
  const seconds = metrics.histogram("muster_call_seconds", "How long calls took that are no streams.", BOUNDS);
  let open = 0;
  metrics.gauge("muster_streams_open", "Streams that are open now.", () => open);

  return services.map((service) => ({
    ...service,
    handlers: Object.fromEntries(
      Object.entries(service.definition.methods).map(([name, definition]) => {
        const method = methodPath(service.definition, definition).slice(1);
        const handler = service.handlers[name];
        const ended = (reason: string) => calls.add({ method, reason });
        // A function of its own, so that what it makes keeps nothing of the request.
        const leaving = (signal: AbortSignal) => (end: StreamEnd) => {
          open -= 1;
          if (end.type === "READ") ended("OK");
          if (end.type === "FAILED") ended(signal.aborted ? "CALL_CANCELLED" : toMusterError(end.error).reason);
        };
        if (definition.requestStream || definition.responseStream) {
          return [
            name,
            (request: unknown, context: CallContext) =>
              attendStream((atEnd) => {
                open += 1;
                atEnd(leaving(context.signal));
                return handler?.(request, context) as AsyncIterable<unknown>;
              }),
          ];
        }
        return [
          name,
          async (request: unknown, context: CallContext) => {
            const startedMs = clock.nowMs();
            try {
              const answer: unknown = await handler?.(request, context);
              ended("OK");
              return answer;
            } catch (error) {
              ended(toMusterError(error).reason);
              throw error;
            } finally {
              seconds.observe((clock.nowMs() - startedMs) / 1_000, { method });
            }
          },
        ];
      }),
    ),
  }));
}
