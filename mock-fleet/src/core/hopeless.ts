// Whether a placement has any hope on its queue: a destination that could take it some time. One that is busy, or runs nothing
// yet and may grow, could.

import type { Moment } from "./decision.ts";
import { isWithin, suits } from "./destinations.ts";
import { type FleetSpec, findFleet, type QueueSpec } from "./fleet-config.ts";
import type { PlacementRequest } from "./placement.ts";
import { latencyIn } from "./region-latency.ts";

/** The fleets of a queue in the order that it states. */
export function fleetsOf(queue: QueueSpec, { config }: Moment): readonly FleetSpec[] {
  return queue.destinations.map((name) => findFleet(config, name)).filter((fleet) => fleet !== undefined);
}

/**
 * Why no destination can take the placement, ever, as the end of a sentence; undefined if one may. `capMs` is the loosest
 * that comes to hold before it ends. No player is named: the sentence outlives their erasure.
 */
export function whyHopeless(
  queue: QueueSpec,
  { request, capMs }: { readonly request: PlacementRequest; readonly capMs: number },
  moment: Moment,
): string | undefined {
  const fleets = fleetsOf(queue, moment);
  const near = fleets.filter(({ region }) => suits(request, region));
  if (near.length === 0 && fleets.length > 0) {
    const present = fleets.map((fleet) => fleet.region).join(", ");
    return `a fleet is in ${request.regions.join(" or ")}: its fleets are in ${present}`;
  }
  const running = near.filter(({ processes }) => processes > 0);
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
