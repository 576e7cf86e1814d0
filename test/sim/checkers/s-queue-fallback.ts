// S-QUEUE-FALLBACK: a placement is tried on processes of its queue's fleets, each once, and has an end by its time: no limbo.
import type { Books } from "./books/books.ts";
import { BrokenPromise, type Checker } from "./checker.ts";
import { createDueList } from "./due-list.ts";
import type { Cap } from "./s-latency-cap.ts";

const NAME = "S-QUEUE-FALLBACK";
const LATE_MS = 1_000;

export type Queue = {
  readonly name: string;
  readonly destinations: readonly string[];
  readonly timeoutMs: number;
  /** Lowest first. */
  readonly latencyPolicies: readonly Cap[];
};

/** Of muster.json: the fleet that a name stands for. */
export type Aliases = ReadonlyMap<string, string>;

/** Names of the fleets that the queue's destinations stand for now. */
export function fleetsOf(queue: Queue, books: Books, aliases: Aliases): readonly string[] {
  const set = books.fleet.aliases;
  return queue.destinations.flatMap((name) => (set.has(name) ? set.get(name) : (aliases.get(name) ?? name)) ?? []);
}

export function sQueueFallback(
  books: Books,
  terms: { readonly queues: readonly Queue[]; readonly aliases: Aliases },
): Checker {
  const { placements, processes } = books.fleet;
  const expiries = createDueList<string>();
  const checkDue = () => {
    for (;;) {
      const id = expiries.takeBefore(books.fleetSettledMs - LATE_MS);
      if (id === undefined) return;
      const placement = placements.get(id);
      if (placement && placement.end === undefined) throw new BrokenPromise(NAME, `${id} is pending after its time`);
    }
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type !== "fleet-fact") return;
      const { fact } = observation;
      checkDue();
      if (fact.type === "placement-started") expiries.add(fact.expiresAtMs, fact.request.placementId);
      if (fact.type === "placement-ended" && placements.get(fact.placementId)?.end !== undefined) {
        throw new BrokenPromise(NAME, `${fact.placementId} ends a second time, ${fact.state}`);
      }
      if (fact.type !== "session-started") return;
      const { processId } = fact.session;
      const placement = placements.get(fact.placementId);
      const queue = terms.queues.find((one) => one.name === placement?.request.queue);
      const fleet = processes.get(processId)?.fleet ?? "";
      if (queue && !fleetsOf(queue, books, terms.aliases).includes(fleet)) {
        throw new BrokenPromise(
          NAME,
          `${fact.placementId} is put on ${fleet}, which queue ${queue.name} does not name`,
        );
      }
      if (placement?.tried.has(processId)) {
        throw new BrokenPromise(NAME, `${fact.placementId} is tried on ${processId} a second time`);
      }
    },
    end() {
      if (books.healedMs === undefined) return;
      for (const [id, { end }] of placements) {
        if (end === undefined) throw new BrokenPromise(NAME, `${id} is pending after all is over`);
      }
      for (const [id, { isOpen }] of books.matcher.matches) {
        if (isOpen) throw new BrokenPromise(NAME, `${id} waits for a placement after all is over`);
      }
    },
  };
}
