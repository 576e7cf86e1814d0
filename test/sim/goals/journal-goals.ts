// What may happen to journals, services and those who watch them.
import type { Observation, ServiceName } from "../observation.ts";
import { after, type Goal, isFault, when } from "./goal.ts";

function refusedAppend(reason: string) {
  return (observation: Observation) => observation.type === "append-refused" && observation.reason === reason;
}

function isLife(observation: Observation, how: string): boolean {
  return observation.type === "life" && observation.service !== undefined && observation.how === how;
}

const isFact = ({ type }: Observation) => type === "matcher-fact" || type === "fleet-fact";
const isAcquired = ({ type }: Observation) => type === "acquired";

export const journalGoals: readonly Goal[] = [
  when("a service was killed", (observation) => isLife(observation, "kill -9")),
  when("a service lost its power", (observation) => isLife(observation, "power cut")),
  after("a service came back after a power cut", (one) => isLife(one, "power cut"), isAcquired),
  when("a zombie's append was refused", refusedAppend("EPOCH_STALE")),
  when("a disk was full", refusedAppend("JOURNAL_FULL")),
  after("a service went on after a full disk", refusedAppend("JOURNAL_FULL"), isFact),
  when("a broken sync stopped a service", refusedAppend("JOURNAL_FAILED")),
  after("a service started again after a broken sync", refusedAppend("JOURNAL_FAILED"), isAcquired),
  {
    name: "an owner found a record that nobody had been told of",
    detector: () => {
      // Told before its finder's `acquired`, although its writer is dead.
      const dead = new Set<ServiceName>();
      return (observation) => {
        const isKilled = observation.type === "life" && ["kill -9", "power cut"].includes(observation.how);
        if (isKilled && observation.service !== undefined) {
          dead.add(observation.service);
        }
        if (observation.type === "acquired") dead.delete(observation.service);
        if (observation.type === "matcher-fact") return dead.has("matcher");
        return observation.type === "fleet-fact" && dead.has("fleet");
      };
    },
  },
  when("a snapshot was written while callers waited", (observation, books) => {
    return observation.type === "snapshot" && books.calls.size > 0;
  }),
  after("a service started from a snapshot", ({ type }) => type === "snapshot", isAcquired),
  when("a journal forgot what a snapshot holds", ({ type }) => type === "compacted"),
  when("a wall clock jumped", (observation) => isFault(observation, "clock jump")),
  {
    name: "both services were down at once",
    detector: () => {
      const down = new Set<ServiceName>();
      return (observation) => {
        if (observation.type !== "life" || observation.service === undefined) return false;
        if (observation.how === "start") down.delete(observation.service);
        else if (["kill -9", "power cut", "fatal"].includes(observation.how)) down.add(observation.service);
        return down.size === 2;
      };
    },
  },
  {
    name: "a service was replaced while it stood still",
    detector: () => {
      const paused = new Set<string>();
      return (observation) => {
        if (observation.type !== "life") return false;
        if (observation.how === "pause") paused.add(observation.node);
        if (observation.how === "resume") paused.delete(observation.node);
        if (observation.how !== "start" || observation.service === undefined) return false;
        return [...paused].some((node) => node.startsWith(`${observation.service}~`));
      };
    },
  },
  when("a watch of tickets was resumed", (observation) => {
    return observation.type === "ticket-watch" && observation.resumeToken !== "";
  }),
  when("a watch of sessions was resumed", (observation) => {
    return observation.type === "session-watch" && observation.resumeToken !== "";
  }),
  when("a watch had to begin anew", (observation) => {
    return observation.type === "watch-ended" && observation.reason === "CURSOR_EXPIRED";
  }),
  ...["one-way cut", "cut", "partial partition", "swizzle", "machine dies", "game hangs", "sidecar hangs"].map((name) =>
    when(`the network or a server failed: ${name}`, (observation) => isFault(observation, name)),
  ),
];
