// S-LOSS-NOTICED: a process that died is ended within the second threshold, as long as its fleet is there to notice; then its
// sessions are closed with it, each once.
import type { Books } from "./books/books.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "S-LOSS-NOTICED";
/** What a look around and a write may take beyond the threshold, in ms. */
const LATE_MS = 5_000;

export function sLossNoticed(books: Books, terms: { readonly hostLostAfterMs: number }): Checker {
  /** When each process died without having been seen again. */
  const died = new Map<string, number>();
  /** Since when the fleet has been at work without a break. */
  let watchingSinceMs = Number.POSITIVE_INFINITY;
  /** Something was done to its disk: until it writes again it may not be able to. */
  let isStuck = false;
  /** Processes that have just ended: all their sessions end in the same decision. */
  let closing: { readonly processId: string; readonly journalMs: number } | undefined;

  const checkDeaths = (atMs: number) => {
    for (const [processId, diedMs] of died) {
      const process = books.fleet.processes.get(processId);
      if (!process || process.phase === "ENDED") died.delete(processId);
      else if (atMs > Math.max(diedMs, watchingSinceMs) + terms.hostLostAfterMs + LATE_MS) {
        throw new BrokenPromise(
          NAME,
          `${processId} has been dead for ${Math.round(atMs - diedMs)} ms and is ${process.phase}`,
        );
      }
    }
  };
  const checkClosed = (journalMs: number) => {
    if (!closing || closing.journalMs === journalMs) return;
    const left = books.fleet.processes.get(closing.processId)?.sessionIds;
    if (left && left.size > 0)
      throw new BrokenPromise(NAME, `${closing.processId} has ended, and ${[...left]} live on`);
    closing = undefined;
  };
  return {
    name: NAME,
    see(observation) {
      const { atMs } = observation;
      switch (observation.type) {
        case "life": {
          const { processId, how, node } = observation;
          const comes = how === "start" || how === "resume";
          if (node.startsWith("fleet~")) watchingSinceMs = comes ? atMs : Number.POSITIVE_INFINITY;
          if (processId === undefined) return;
          if (comes) died.delete(processId);
          else if (!died.has(processId)) died.set(processId, atMs);
          return;
        }
        case "fault":
          if (observation.name.startsWith("disk") && observation.detail.startsWith("fleet")) isStuck = true;
          return;
        case "append-refused":
          if (observation.service === "fleet") watchingSinceMs = atMs;
          return;
        case "fleet-fact": {
          const { fact, journalMs } = observation;
          if (isStuck) watchingSinceMs = Math.max(atMs, watchingSinceMs);
          isStuck = false;
          checkClosed(journalMs);
          if (died.size > 0) checkDeaths(atMs);
          if (fact.type !== "process-ended") return;
          if (books.fleet.processes.get(fact.processId)?.phase === "ENDED") {
            throw new BrokenPromise(NAME, `${fact.processId} ends a second time`);
          }
          closing = { processId: fact.processId, journalMs };
          return;
        }
        default:
          return;
      }
    },
    end() {
      if (books.healedMs !== undefined) checkDeaths(books.nowMs);
    },
  };
}
