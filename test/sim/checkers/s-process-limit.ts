// S-PROCESS-LIMIT: a process gets no more sessions than it declared, and none while it is not ready, ending or silent; a host
// activates no more at a time than its fleet lets it.
import type { Books } from "./books/books.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "S-PROCESS-LIMIT";

export type Activations = { readonly name: string; readonly concurrentActivations: number | undefined };

export function sProcessLimit(books: Books, terms: { readonly fleets: readonly Activations[] }): Checker {
  const countActivating = (fleet: string, hostNumber: number) => {
    let activating = 0;
    for (const process of books.fleet.processes.values()) {
      if (process.fleet !== fleet || process.hostNumber !== hostNumber) continue;
      for (const id of process.sessionIds) if (books.fleet.sessions.get(id)?.state === "ACTIVATING") activating += 1;
    }
    return activating;
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type !== "fleet-fact" || observation.fact.type !== "session-started") return;
      const { battleSessionId, processId } = observation.fact.session;
      const process = books.fleet.processes.get(processId);
      if (process?.phase !== "READY" || process.isUnreachable) {
        const state = process?.isUnreachable ? "silent" : (process?.phase ?? "unknown");
        throw new BrokenPromise(NAME, `${battleSessionId} is put on ${processId}, which is ${state}`);
      }
      const limit = terms.fleets.find(({ name }) => name === process.fleet)?.concurrentActivations;
      if (limit !== undefined && countActivating(process.fleet, process.hostNumber) >= limit) {
        throw new BrokenPromise(NAME, `${battleSessionId} is one more to activate than host ${process.hostNumber} may`);
      }
      if (process.sessionIds.size < process.concurrentSessions) return;
      const why = `${processId} takes ${process.concurrentSessions} sessions and gets ${battleSessionId} as one more`;
      throw new BrokenPromise(NAME, why);
    },
  };
}
