// What the fleet's own plan of faults may strike: its log tells of each strike, and of launches that there was no machine for.
import { type Goal, when } from "./goal.ts";

const STRIKES = [
  { kind: "HANG", name: "a process hung by plan" },
  { kind: "UNHEALTHY", name: "a game was ill by plan" },
  { kind: "HOST_LOST", name: "a host was lost by plan" },
  { kind: "SPOT_NOTICE", name: "a machine was taken back by plan" },
  { kind: "SLOW_START", name: "a game started slowly by plan" },
  { kind: "CRASH_IN_PLAY", name: "a game was to die in play by plan" },
  { kind: "CRASH_IN_ACTIVATION", name: "a game died loading by plan" },
  { kind: "CUT", name: "a sidecar's line was cut by plan" },
] as const;

export const planGoals: readonly Goal[] = [
  ...STRIKES.map(({ kind, name }) =>
    when(name, (observation) => {
      if (observation.type !== "log" || !observation.text.includes("A fault strikes")) return false;
      return observation.text.includes(`"kind":"${kind}"`);
    }),
  ),
  when("there was no machine for a launch", (observation) => {
    return observation.type === "log" && observation.text.includes("not started: there is no capacity");
  }),
  when("a process that was told by a notice ended in its time", (observation) => {
    if (observation.type !== "fleet-fact" || observation.fact.type !== "process-ended") return false;
    return observation.fact.reason.startsWith("SPOT_NOTICE");
  }),
  {
    name: "a process that had hung was heard again",
    detector: () => {
      const hung = new Set<string>();
      return (observation) => {
        if (observation.type === "log" && observation.text.includes('"kind":"HANG"')) {
          const processId = /"processId":"([^"]+)"/.exec(observation.text)?.[1];
          if (processId !== undefined) hung.add(processId);
        }
        if (observation.type !== "fleet-fact" || observation.fact.type !== "process-reachability-changed") return false;
        return !observation.fact.unreachable && hung.delete(observation.fact.processId);
      };
    },
  },
];
