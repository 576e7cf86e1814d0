// The fleet's numbers: what runs, plays and waits is asked of the state when somebody reads, what happened is counted as its facts
// become durable.
import type { CommittedFact } from "@muster/journal";
import type { Metrics } from "@muster/kit";
import type { FleetFact } from "./core/fleet-fact.ts";
import type { FleetRunner } from "./fleet-runner.ts";

/** Registers them; counting goes on as long as the runner tells of facts. */
export function measureFleet(
  metrics: Metrics,
  { runner, attached }: { readonly runner: FleetRunner; readonly attached: { readonly size: number } },
): void {
  const { state, config } = runner;
  metrics.gauge("muster_processes_living", "Server processes that have not ended, by fleet and phase.", () => {
    const counts = new Map<string, Map<string, number>>(
      config.fleets.map(({ name }) => [name, new Map([["READY", 0]])]),
    );
    for (const { fleet, status } of state.livingProcesses.values()) {
      const ofFleet = counts.get(fleet) ?? new Map<string, number>();
      ofFleet.set(status.phase, (ofFleet.get(status.phase) ?? 0) + 1);
      counts.set(fleet, ofFleet);
    }
    return [...counts].flatMap(([fleet, phases]) => {
      return [...phases].map(([phase, value]) => ({ labels: { fleet, phase }, value }));
    });
  });
  metrics.gauge("muster_fleets_debugged", "1 for each fleet whose servers are debugged.", () =>
    config.fleets.filter(({ debug }) => debug).map(({ name }) => ({ labels: { fleet: name }, value: 1 })),
  );
  metrics.gauge("muster_sidecars_attached", "Sidecars whose stream is open.", () => attached.size);
  metrics.gauge(
    "muster_placements_pending",
    "Placements that have no outcome yet.",
    () => state.pendingPlacements.size,
  );
  metrics.gauge(
    "muster_placements_waiting",
    "Placements for which no process is free.",
    () => state.waitingPlacements.size,
  );
  metrics.gauge(
    "muster_sessions_remembered",
    "Server sessions that run or are still remembered.",
    () => state.sessions.size,
  );
  metrics.gauge("muster_journal_facts", "Facts in the journal since it began.", () => runner.durablePosition);

  const placements = metrics.counter("muster_placements_total", "Placements that have ended, by how.");
  const launched = metrics.counter("muster_processes_launched_total", "Server processes that were started.");
  const ended = metrics.counter("muster_processes_ended_total", "Server processes that have ended, by why.");
  runner.onCommitted((facts: readonly CommittedFact<FleetFact>[]) => {
    for (const { fact } of facts) {
      if (fact.type === "placement-ended") placements.add({ state: fact.state });
      if (fact.type === "process-launched") launched.add({ fleet: fact.fleet });
      if (fact.type === "process-ended") ended.add({ reason: fact.reason, crashed: String(fact.crashed) });
    }
  });
}
