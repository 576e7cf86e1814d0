// Faults between the matcher and those who seat players without it.
import type { PlantedFault } from "./planted-fault.ts";

const SEATS = "mock-fleet/src/core/create-seats.ts";
const ADOPT = "mock-fleet/src/core/adopt.ts";

export const outsiderFaults: readonly PlantedFault[] = [
  {
    name: "whoever brings players may have seen any roster",
    patches: [
      {
        file: SEATS,
        find: "expected !== undefined && expected !== battle.rosterVersion",
        replace: "expected !== undefined && expected > battle.rosterVersion",
      },
    ],
  },
  {
    name: "whoever brings players to a matcher's session need not know it",
    patches: [
      {
        file: SEATS,
        find: "if (hasMatcher && expected === undefined) {",
        replace: "if (hasMatcher && expected === -1) {",
      },
    ],
  },
  {
    name: "seats that are asked for again are made again",
    patches: [
      {
        file: SEATS,
        find: "if (answered?.filled) return",
        replace: "if (answered?.refusal && answered.filled) return",
      },
    ],
  },
  {
    name: "players come through a closed door",
    patches: [
      {
        file: "mock-fleet/src/core/fill.ts",
        find: 'if (battle.creationPolicy === "DENY_ALL") throw closed(',
        replace: 'if (battle.creationPolicy === "DENY_ALL" && battle.capacity < 0) throw closed(',
      },
    ],
  },
  {
    name: "players are sent to a silent host",
    patches: [
      {
        file: "mock-fleet/src/core/fill.ts",
        find: 'if (unreachableSinceMs !== undefined) throw closed("its host is silent");',
        replace: "",
      },
    ],
  },
  {
    name: "the last secret of a session counts",
    patches: [
      {
        file: ADOPT,
        find: "const capabilityKey = isTaken ? request.capabilityKey : adoption.capabilityKey;",
        replace: "const { capabilityKey } = adoption;",
      },
      { file: ADOPT, find: "if (isTaken && ", replace: "if (isTaken && capabilityKey.length === 0 && " },
    ],
  },
  {
    name: "the matcher keeps its own secret of a session, whatever the fleet says",
    patches: [
      {
        file: "matcher/src/adopt-session.ts",
        find: "{ ...request, ...adopted }",
        replace: "{ ...request, session: adopted.session }",
      },
    ],
  },
  {
    name: "what a request says of those who sit there is forgotten",
    patches: [
      {
        file: "matcher/src/core/folds/sessions.ts",
        find: "players: fact.players };",
        replace: "players: fact.players.slice(0, 0) };",
      },
    ],
  },
];
