// What every process of ours tells of itself: version, memory, processor, how long its event loop kept others waiting.
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Metrics } from "@muster/kit";

/** Registers them. Disposing stops the watch over the event loop. */
export function measureProcess(
  metrics: Metrics,
  about: { readonly service: string; readonly version: string },
): Disposable {
  const loop = monitorEventLoopDelay({ resolution: 10 });
  loop.enable();
  metrics.gauge("muster_build_info", "1, with the service and its version.", () => [{ labels: about, value: 1 }]);
  metrics.gauge(
    "process_start_time_seconds",
    "When it started, in seconds since 1970.",
    () => performance.timeOrigin / 1_000,
  );
  metrics.gauge("process_resident_memory_bytes", "Memory that it holds.", () => process.memoryUsage.rss());
  metrics.gauge("process_cpu_seconds_total", "Processor time that it has used.", () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  metrics.gauge(
    "nodejs_eventloop_lag_p99_seconds",
    "How late the event loop was since the last reading, 99th percentile.",
    () => {
      const lag = loop.percentile(99) / 1e9;
      loop.reset();
      return lag;
    },
  );
  return { [Symbol.dispose]: () => void loop.disable() };
}
