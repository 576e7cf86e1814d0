// Faults of what is played by: versions, cohorts, configurations that go.
import type { PlantedFault } from "./planted-fault.ts";

export const configurationFaults: readonly PlantedFault[] = [
  {
    name: "a match names the version before the one that formed it",
    patches: [
      {
        file: "matcher/src/core/cohorts.ts",
        find: "ruleSetVersion: version.version }",
        replace: "ruleSetVersion: version.version - 1 }",
      },
    ],
  },
  {
    name: "a change for new tickets only is for all of them",
    patches: [
      {
        file: "matcher/src/core/folds/configurations.ts",
        find: "fromArrival: older.length > 0 ? untilArrival : 1,",
        replace: "fromArrival: 1,",
      },
    ],
  },
  {
    name: "tickets of a configuration that is deleted search on",
    patches: [
      {
        file: "matcher/src/core/folds/configurations.ts",
        find: 'changeTicket(state, ticketId, { type: "configuration-deleted" }, at);',
        replace: "void ticketId;",
      },
    ],
  },
  {
    name: "a deletion is answered before all are out",
    patches: [
      {
        file: "matcher/src/grpc/delete-configuration.ts",
        find: "(pools.get(deletion.name)?.searching.size ?? 0) > 0",
        replace: "false",
      },
    ],
  },
  {
    name: "whoever is matched by one rule set is matched by another in the same round",
    patches: [
      {
        file: "matcher/src/core/round.ts",
        find: "for (const { ticketId } of players) holdFromOthers(ticketId);",
        replace: "",
      },
    ],
  },
];
