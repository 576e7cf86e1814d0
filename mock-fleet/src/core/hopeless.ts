// Whether a placement has any hope on its queue: a destination that could take it some time. One that is busy, or runs nothing
// yet and may grow, could.
import { type Named, resolveDestination } from "./alias.ts";
import { isWithin, suits } from "./destinations.ts";
import type { FleetSpec, QueueSpec } from "./fleet-config.ts";
import { mayRun } from "./fleet-control.ts";
import type { PlacementRequest } from "./placement.ts";
import { mayUse, type Project } from "./project.ts";
import { latencyIn } from "./region-latency.ts";

/** The fleets of a queue that the project may use, in the order that it states, each once; closed destinations are left out. */
export function fleetsOf(queue: QueueSpec, from: Named, project: Project): readonly FleetSpec[] {
  const fleets = new Set<FleetSpec>();
  for (const name of queue.destinations) {
    const destination = resolveDestination(from, name);
    if (destination.type === "fleet" && mayUse(destination.fleet, project)) fleets.add(destination.fleet);
  }
  return [...fleets];
}

/**
 * Why no destination can take the placement, ever, as the end of a sentence; undefined if one may. `capMs` is the loosest
 * that comes to hold before it ends. No player is named: the sentence outlives their erasure.
 */
export function whyHopeless(
  queue: QueueSpec,
  { request, capMs }: { readonly request: PlacementRequest; readonly capMs: number },
  from: Named,
): string | undefined {
  const fleets = fleetsOf(queue, from, request.project);
  if (fleets.length === 0) return `each of its destinations is closed: ${describeClosed(queue, from)}`;
  const near = fleets.filter(({ region }) => suits(request, region));
  if (near.length === 0) {
    const present = fleets.map((fleet) => fleet.region).join(", ");
    return `a fleet is in ${request.regions.join(" or ")}: its fleets are in ${present}`;
  }
  const running = near.filter((fleet) => mayRun(from, fleet));
  if (running.length === 0) return `none of its fleets runs a process: ${queue.destinations.join(", ")}`;
  if (running.some(({ region }) => isWithin(request, region, capMs))) return undefined;
  const present = [...new Set(running.map(({ region }) => region))].map((region) => {
    const { worstMs } = latencyIn(request.players, region);
    return worstMs === Number.POSITIVE_INFINITY
      ? `not everybody has measured ${region}`
      : `somebody has ${worstMs} ms to ${region}`;
  });
  return `everybody has to be within ${capMs} ms of its region: ${present.join(", ")}`;
}

function describeClosed(queue: QueueSpec, from: Named): string {
  const closed = queue.destinations.map((name) => resolveDestination(from, name));
  return closed.map((one) => (one.type === "closed" ? `${one.name} (${one.message})` : "")).join(", ");
}
