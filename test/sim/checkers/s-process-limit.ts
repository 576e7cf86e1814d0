// S-PROCESS-LIMIT: a process gets no more sessions than it declared, and none while it is not ready, ending or silent.
import type { Books } from "./books/books.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "S-PROCESS-LIMIT";

export function sProcessLimit(books: Books): Checker {
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
      if (process.sessionIds.size < process.concurrentSessions) return;
      const why = `${processId} takes ${process.concurrentSessions} sessions and gets ${battleSessionId} as one more`;
      throw new BrokenPromise(NAME, why);
    },
  };
}
