// S-LATENCY-CAP: a session never runs where a player is further away than the cap of that moment lets anybody be, nor outside the
// regions that its placement names; and no placement is given up as hopeless that had a fleet within its loosest cap.
import type { Books } from "./books/books.ts";
import type { PlacementEntry } from "./books/fleet-book.ts";
import { BrokenPromise, type Checker } from "./checker.ts";
import type { Guarded } from "./s-drain.ts";
import type { Activations } from "./s-process-limit.ts";
import { type Aliases, fleetsOf, type Queue } from "./s-queue-fallback.ts";

const NAME = "S-LATENCY-CAP";

export type Cap = { readonly maxIndividualLatencyMs: number; readonly durationMs: number | undefined };
export type Fleet = { readonly name: string; readonly region: string; readonly processes: number } & Activations &
  Guarded;

export function sLatencyCap(
  books: Books,
  terms: { readonly queues: readonly Queue[]; readonly fleets: readonly Fleet[]; readonly aliases: Aliases },
): Checker {
  const { placements } = books.fleet;
  /** Fleets that an operator has given a number of processes. */
  const scaledTo = new Map<string, number>();
  const checkPlace = (id: string, placement: PlacementEntry, queue: Queue, place: { region: string; atMs: number }) => {
    const { request, expiresAtMs } = placement;
    const { region, atMs } = place;
    if (request.regions.length > 0 && !request.regions.includes(region)) {
      throw new BrokenPromise(NAME, `${id} is put into ${region}, which is none of ${request.regions.join(", ")}`);
    }
    const waitedMs = atMs - (expiresAtMs - (request.timeoutMs ?? queue.timeoutMs));
    const capMs = capOf(queue.latencyPolicies, waitedMs);
    const worstMs = furthest(placement, region);
    if (worstMs <= capMs) return;
    throw new BrokenPromise(NAME, `${id} is put into ${region} after ${waitedMs} ms: ${worstMs} ms exceed ${capMs} ms`);
  };
  const checkHopeless = (id: string, placement: PlacementEntry, queue: Queue) => {
    const timeoutMs = placement.request.timeoutMs ?? queue.timeoutMs;
    const capMs = capOf(queue.latencyPolicies, timeoutMs - 1);
    const { regions } = placement.request;
    const named = fleetsOf(queue, books, terms.aliases);
    for (const { name, region, processes } of terms.fleets) {
      if (!named.includes(name) || books.fleet.drained.has(name) || scaledTo.get(name) === 0 || processes === 0)
        continue;
      if (regions.length > 0 && !regions.includes(region)) continue;
      if (furthest(placement, region) > capMs) continue;
      throw new BrokenPromise(NAME, `${id} is FAILED although fleet ${name} might take it`);
    }
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type !== "fleet-fact") return;
      const { fact, journalMs } = observation;
      if (fact.type === "fleet-scaling-put") {
        const { scaling } = fact;
        if (scaling?.type === "static") scaledTo.set(fact.fleet, scaling.processes);
        else scaledTo.delete(fact.fleet);
      }
      if (fact.type !== "session-started" && fact.type !== "placement-ended") return;
      const placement = placements.get(fact.placementId);
      const queue = terms.queues.find((one) => one.name === placement?.request.queue);
      if (!placement || !queue || placement.isDirect) return;
      if (fact.type === "session-started") {
        const { region } = fact.session;
        checkPlace(fact.placementId, placement, queue, { region, atMs: Math.floor(journalMs) });
      } else if (fact.state === "FAILED") {
        checkHopeless(fact.placementId, placement, queue);
      }
    },
  };
}

/** In ms; 0 where nobody brings latencies, infinite where somebody knows nothing of the region. */
function furthest({ request }: PlacementEntry, region: string): number {
  if (request.players.every(({ latenciesMs }) => Object.keys(latenciesMs).length === 0)) return 0;
  return Math.max(...request.players.map(({ latenciesMs }) => latenciesMs[region] ?? Number.POSITIVE_INFINITY));
}

/** `caps`: lowest first. */
function capOf(caps: readonly Cap[], waitedMs: number): number {
  let leftMs = waitedMs;
  for (const { maxIndividualLatencyMs, durationMs } of caps.slice(0, -1)) {
    if (leftMs < (durationMs ?? Number.POSITIVE_INFINITY)) return maxIndividualLatencyMs;
    leftMs -= durationMs ?? 0;
  }
  return caps.at(-1)?.maxIndividualLatencyMs ?? Number.POSITIVE_INFINITY;
}
