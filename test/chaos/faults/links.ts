// Faults of the network between matcher and fleet, and between sidecars and fleet: it stalls, it forgets its connections.
import { systemClock } from "@muster/kit";
import { between, chance } from "../load/dice.ts";
import type { Fault } from "./fault.ts";

export function stallFront(name: "link" | "fleet", weight: number): Fault {
  return {
    name: `stall ${name === "link" ? "matcher and fleet" : "sidecars and fleet"}`,
    weight,
    claims: ["link"],
    kills: 0,
    canBegin: ({ matcher, fleet }) => matcher.isServing && fleet.isServing,
    async run({ world, random, healing }) {
      const front = world.fronts[name];
      front.stall();
      await systemClock.sleep(between(random, 200, 6_000), healing).catch(() => undefined);
      if (chance(random, 0.5)) front.drop();
      front.flow();
    },
  };
}

export function dropFront(name: "link" | "fleet" | "matcher", weight: number): Fault {
  return {
    name: `drop connections of ${name}`,
    weight,
    claims: [],
    kills: 0,
    canBegin: ({ matcher, fleet }) => matcher.isServing && fleet.isServing,
    async run({ world }) {
      world.fronts[name].drop();
    },
  };
}
