// What may happen to events on their way to a target.
import type { Observation } from "../observation.ts";
import { type Goal, when } from "./goal.ts";

/** Counts when `isIt` says so of an event, and whether it was taken before. */
function ofEvents(
  name: string,
  isIt: (seen: { isTaken: boolean; before: "taken" | "refused" | undefined }) => boolean,
): Goal {
  return {
    name,
    detector: () => {
      const seen = new Map<string, "taken" | "refused">();
      return (observation: Observation) => {
        if (observation.type !== "events-pushed") return false;
        const { target, events, isTaken } = observation;
        let found = false;
        for (const { id } of events) {
          const key = `${target} ${id}`;
          const before = seen.get(key);
          found ||= isIt({ isTaken, before });
          if (before !== "taken") seen.set(key, isTaken ? "taken" : "refused");
        }
        return found;
      };
    },
  };
}

export const eventGoals: readonly Goal[] = [
  ofEvents("an event was pushed again that had been taken", ({ before }) => before === "taken"),
  ofEvents("an event was taken that had been refused", ({ isTaken, before }) => isTaken && before === "refused"),
  when("several events went in one request", (observation) => {
    return observation.type === "events-pushed" && observation.events.length > 1;
  }),
  {
    name: "a matcher pushed what another run of it had decided",
    detector: () => {
      let runs = 0;
      const decidedIn = new Map<string, number>();
      return (observation) => {
        if (observation.type === "acquired" && observation.service === "matcher") runs += 1;
        if (observation.type === "matcher-fact" && observation.fact.type === "ticket-created") {
          decidedIn.set(observation.fact.ticketId, runs);
        }
        if (observation.type !== "events-pushed") return false;
        return observation.events.some(({ number, data }) => {
          const run = data.ticket && decidedIn.get(data.ticket.ticketId);
          return number === 1 && run !== undefined && run < runs;
        });
      };
    },
  },
];
