import { createMetrics } from "@muster/kit";
import { expect, test } from "vitest";
import { metricsPage } from "./metrics-page.ts";

const rows = [
  { name: "that is attached", awaySinceMs: undefined, attached: 1, away: 0 },
  { name: "whose fleet is away", awaySinceMs: 4_000, attached: 0, away: 6 },
];

for (const { name, awaySinceMs, attached, away } of rows) {
  test(`/metrics of a sidecar ${name} says so, and what it holds`, async () => {
    const sidecar = { awaySinceMs, watched: true, counts: { battles: 2, backlog: 3 } };
    const page = metricsPage({ metrics: createMetrics(), sidecar, clock: { nowMs: () => 10_000 }, fleet: "arena" })[
      "/metrics"
    ];
    const lines = String(await page?.body()).split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        `muster_fleet_attached ${attached}`,
        `muster_fleet_away_seconds ${away}`,
        "muster_game_watched 1",
        "muster_battles_live 2",
        "muster_fleet_backlog 3",
      ]),
    );
    expect(lines.find((line) => line.startsWith("muster_build_info{"))).toContain('fleet="arena"');
  });
}
