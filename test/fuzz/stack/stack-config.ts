// What the stack under attack is configured with: few things, whose names field-words.ts knows.
import type { Configuration } from "@muster/matcher";

const duel = {
  version: "v1.0",
  playerAttributes: [
    { name: "skill", type: "number", default: 10 },
    { name: "mode", type: "string", default: "any" },
  ],
  teams: [
    { name: "red", minPlayers: 1, maxPlayers: 1 },
    { name: "blue", minPlayers: 1, maxPlayers: 1 },
  ],
};
const crowd = { ...duel, teams: [{ name: "red", minPlayers: 20, maxPlayers: 40 }] };
const wide = { ...duel, teams: duel.teams.map((team) => ({ ...team, maxPlayers: 5 })) };

const configuration = (
  changes: Partial<Configuration> & { readonly name: string; readonly ruleSet: string },
): Configuration => ({
  ...{
    queue: "arena",
    requestTimeoutMs: 600_000,
    autoBackfill: false,
    settleMs: 0,
    properties: {},
    data: "",
    placementRetries: 0,
  },
  ...changes,
});

export const stackConfig = {
  matcher: {
    ruleSets: Object.entries({ duel, crowd, wide }).map(([name, document]) => ({
      name,
      document: JSON.stringify(document),
    })),
    configurations: [
      configuration({ name: "duel", ruleSet: "duel" }),
      configuration({ name: "auto", ruleSet: "wide", autoBackfill: true }),
      configuration({ name: "group", ruleSet: "crowd", queue: undefined }),
    ],
  },
  fleet: {
    fleets: [
      {
        name: "eu",
        command: ["game"],
        processes: 3,
        concurrentSessions: 200,
        reservationSeconds: 600,
        disconnectGraceSeconds: 600,
      },
    ],
    queues: [{ name: "arena", destinations: ["eu"], timeoutSeconds: 5 }],
    fleetSettings: { health: { intervalMs: 0 } },
  },
};
