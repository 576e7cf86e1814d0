// What a sidecar tells of itself at /metrics of its HTTP address, to whoever watches its host. No player, session or secret is in it.
import { type Clock, METRICS_CONTENT_TYPE, type Metrics } from "@muster/kit";
import type { Pages } from "@muster/proto/http";
import { SIDECAR_VERSION, type Sidecar } from "./sidecar.ts";

export type MetricsPageOptions = {
  /** What else it counts is on the page too. */
  readonly metrics: Metrics;
  readonly sidecar: Pick<Sidecar, "awaySinceMs" | "watched" | "counts">;
  /** Of the sidecar. */
  readonly clock: Pick<Clock, "nowMs">;
  /** The fleet that the process belongs to; "" where nobody said. */
  readonly fleet: string;
};

export function metricsPage({ metrics, sidecar, clock, fleet }: MetricsPageOptions): Pages {
  const about = { service: "sidecar", version: SIDECAR_VERSION, fleet };
  metrics.gauge("muster_build_info", "1, with the service and its version.", () => [{ labels: about, value: 1 }]);
  metrics.gauge("muster_fleet_attached", "1 while the stream to the fleet is open.", () => {
    return sidecar.awaySinceMs === undefined ? 1 : 0;
  });
  metrics.gauge("muster_fleet_away_seconds", "How long the fleet has not been heard. 0 while it is there.", () => {
    return sidecar.awaySinceMs === undefined ? 0 : Math.max(0, clock.nowMs() - sidecar.awaySinceMs) / 1_000;
  });
  metrics.gauge("muster_game_watched", "1 while the game's SDK listens.", () => (sidecar.watched ? 1 : 0));
  metrics.gauge("muster_battles_live", "Battles that run on the process.", () => sidecar.counts.battles);
  metrics.gauge(
    "muster_fleet_backlog",
    "What was carried out and the fleet has not answered yet.",
    () => sidecar.counts.backlog,
  );
  metrics.gauge("process_resident_memory_bytes", "Memory that it holds.", () => process.memoryUsage.rss());
  return { "/metrics": { type: METRICS_CONTENT_TYPE, body: metrics.render } };
}
