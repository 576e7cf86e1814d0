// S-FENCED: a sidecar of a lower generation is turned away, a process that has ended says nothing any more, and no session
// belongs to a later run of a process than the one that it was made for.
import type { FleetFact } from "@muster/mock-fleet/testing";
import type { Books } from "./books/books.ts";
import { isOver } from "./books/fleet-book.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "S-FENCED";

export function sFenced(books: Books): Checker {
  const { processes, sessions } = books.fleet;
  const checkAlive = (processId: string, type: FleetFact["type"]) => {
    if (processes.get(processId)?.phase !== "ENDED") return;
    throw new BrokenPromise(NAME, `${processId} has ended, and ${type} is said of it`);
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type !== "fleet-fact") return;
      const { fact } = observation;
      switch (fact.type) {
        case "process-attached": {
          checkAlive(fact.processId, fact.type);
          const generation = processes.get(fact.processId)?.attachGeneration ?? 0;
          if (fact.attachGeneration >= generation) return;
          const why = `${fact.processId} is attached by ${fact.attachGeneration} after ${generation}`;
          throw new BrokenPromise(NAME, why);
        }
        case "process-became-ready":
        case "process-terminating":
        case "process-reachability-changed":
          return checkAlive(fact.processId, fact.type);
        case "session-started": {
          const { processId, incarnation, battleSessionId } = fact.session;
          checkAlive(processId, fact.type);
          const present = processes.get(processId)?.incarnation;
          if (incarnation === present) return;
          throw new BrokenPromise(
            NAME,
            `${battleSessionId} is of run ${incarnation} of ${processId}: it is ${present}`,
          );
        }
        case "session-changed": {
          const id = fact.change.battleSessionId;
          const session = sessions.get(id);
          if (isOver(session)) throw new BrokenPromise(NAME, `${id} is over and changes by ${fact.change.reason}`);
          if (session && fact.change.revision === session.revision + 1) return;
          throw new BrokenPromise(NAME, `${id} goes from revision ${session?.revision} to ${fact.change.revision}`);
        }
        default:
          return;
      }
    },
  };
}
