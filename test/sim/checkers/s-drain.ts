// S-DRAIN: who drains, or was started before its fleet was restarted, gets no session, and a session that is protected is not cut short by a fleet that shrinks, drains, or is given
// another build softly.
import type { Books } from "./books/books.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "S-DRAIN";

export type Guarded = {
  readonly name: string;
  readonly protection?: { readonly policy: string } | undefined;
};

/** Reasons of ends that spare who is protected; the operator of the simulation forces nobody out. */
const SPARES: ReadonlySet<string> = new Set(["SCALE_IN", "DRAINED", "BUILD_REPLACED"]);

export function sDrain(books: Books, terms: { readonly fleets: readonly Guarded[] }): Checker {
  const { processes, sessions, drained } = books.fleet;
  /** Processes that were there when their fleet was restarted. */
  const outdated = new Set<string>();
  return {
    name: NAME,
    see(observation) {
      if (observation.type !== "fleet-fact") return;
      const { fact } = observation;
      if (fact.type === "fleet-restarted") {
        for (const { processId, fleet } of processes.values()) if (fleet === fact.fleet) outdated.add(processId);
      }
      if (fact.type === "session-started") {
        const { battleSessionId, processId } = fact.session;
        if (outdated.has(processId)) {
          throw new BrokenPromise(NAME, `${battleSessionId} is put on ${processId}, whose fleet was restarted`);
        }
        const process = processes.get(processId);
        if (process?.isDraining)
          throw new BrokenPromise(NAME, `${battleSessionId} is put on ${processId}, which drains`);
        if (process && drained.has(process.fleet)) {
          throw new BrokenPromise(NAME, `${battleSessionId} is put on fleet ${process.fleet}, which is drained`);
        }
      }
      if (fact.type !== "process-terminating" || !SPARES.has(fact.reason)) return;
      const process = processes.get(fact.processId);
      const policy = terms.fleets.find(({ name }) => name === process?.fleet)?.protection?.policy ?? "NONE";
      if (policy !== "FULL" && fact.reason !== "BUILD_REPLACED") return;
      for (const id of process?.sessionIds ?? []) {
        if (sessions.get(id)?.state !== "ACTIVE") continue;
        throw new BrokenPromise(
          NAME,
          `${fact.processId} is ended, ${fact.reason}, with ${id} on it, which is protected`,
        );
      }
    },
  };
}
