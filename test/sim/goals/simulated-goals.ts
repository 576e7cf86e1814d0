// What may happen on the fleet whose servers are simulated inside it.
import type { Books } from "../checkers/books/books.ts";
import type { Change } from "../checkers/books/fleet-book.ts";
import type { Observation } from "../observation.ts";
import { SIMULATED_FLEET } from "../world/configurations.ts";
import { type Goal, when } from "./goal.ts";

/** A change of one of its sessions. */
function changeThere(observation: Observation, { fleet }: Books): Change | undefined {
  if (observation.type !== "fleet-fact" || observation.fact.type !== "session-changed") return undefined;
  const { change } = observation.fact;
  const session = fleet.sessions.get(change.battleSessionId);
  const process = session && fleet.processes.get(session.processId);
  return process?.fleet === SIMULATED_FLEET ? change : undefined;
}

function processThere(observation: Observation, { fleet }: Books, isIt: (reason: string) => boolean): boolean {
  if (observation.type !== "fleet-fact" || observation.fact.type !== "process-ended") return false;
  const process = fleet.processes.get(observation.fact.processId);
  return process?.fleet === SIMULATED_FLEET && isIt(observation.fact.reason);
}

export const simulatedGoals: readonly Goal[] = [
  when("a simulated game let a player in", (observation, books) => {
    return changeThere(observation, books)?.updated.some(({ state }) => state === "ACTIVE") === true;
  }),
  when("a player of a simulated game lost the connection", (observation, books) => {
    return changeThere(observation, books)?.updated.some(({ state }) => state === "DISCONNECTED") === true;
  }),
  when("a simulated game ended its session", (observation, books) => {
    return changeThere(observation, books)?.endCause === "GAME_ENDED";
  }),
  when("a simulated process ended", (observation, books) => processThere(observation, books, () => true)),
  when("a simulated process was given up", (observation, books) => {
    return processThere(observation, books, (reason) => reason.startsWith("HOST_LOST"));
  }),
  {
    name: "a simulated process lived on after its fleet was away",
    detector: () => {
      const attached = new Map<string, number>();
      return (observation, { fleet }) => {
        if (observation.type !== "fleet-fact" || observation.fact.type !== "process-attached") return false;
        const { processId, attachGeneration } = observation.fact;
        if (fleet.processes.get(processId)?.fleet !== SIMULATED_FLEET) return false;
        const before = attached.get(processId);
        attached.set(processId, attachGeneration);
        return before !== undefined && attachGeneration > before;
      };
    },
  },
];
