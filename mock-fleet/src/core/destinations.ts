// Where a placement may go, best first: the queue's destinations in the order of its priorities, without those that its regions or
// the latency cap of the moment bar.
import type { FleetSpec, Priority, QueueSpec } from "./fleet-config.ts";
import type { PlayerToSeat } from "./placement.ts";
import { bringsLatencies, latencyIn } from "./region-latency.ts";

/** What of a placement decides where it may go. */
export type Destined = { readonly regions: readonly string[]; readonly players: readonly PlayerToSeat[] };

/** Whether the regions that the request names, if it names any, have this one. */
export function suits({ regions }: Destined, region: string): boolean {
  return regions.length === 0 || regions.includes(region);
}

/** Whether every player is near enough. */
export function isWithin({ players }: Destined, region: string, capMs: number): boolean {
  return capMs === Number.POSITIVE_INFINITY || latencyIn(players, region).worstMs <= capMs;
}

/**
 * `fleets`, which stand in the order that the queue states, best first. Each priority has its say where those before it are
 * undecided; what none of them decides stays in the stated order.
 */
export function rankDestinations(
  fleets: readonly FleetSpec[],
  queue: Pick<QueueSpec, "priorities" | "locationOrder">,
  { players }: Destined,
): readonly FleetSpec[] {
  const hasLatencies = bringsLatencies(players);
  const compare: Record<Priority, (a: FleetSpec, b: FleetSpec) => number> = {
    LATENCY: (a, b) =>
      hasLatencies ? latencyIn(players, a.region).averageMs - latencyIn(players, b.region).averageMs : 0,
    COST: (a, b) => a.cost - b.cost,
    DESTINATION: (a, b) => fleets.indexOf(a) - fleets.indexOf(b),
    LOCATION: (a, b) => compareLocations(queue.locationOrder, a.region, b.region),
  };
  return fleets.toSorted((a, b) => {
    for (const priority of queue.priorities) {
      const difference = compare[priority](a, b);
      if (difference !== 0) return difference;
    }
    return 0;
  });
}

/** Those that are listed in their order, then all others by name. */
function compareLocations(order: readonly string[], a: string, b: string): number {
  const place = (region: string) => (order.includes(region) ? order.indexOf(region) : order.length);
  if (place(a) !== place(b)) return place(a) - place(b);
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
