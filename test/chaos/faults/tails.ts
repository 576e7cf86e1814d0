// A fault of the disk around a kill: what a torn write leaves behind the end of a journal, which must be cleared away.
import { appendFile } from "node:fs/promises";
import { between } from "../load/dice.ts";
import type { ChaosWorld } from "../world/chaos-world.ts";
import type { Fault, FaultParts } from "./fault.ts";
import { SERVES_MS } from "./kills.ts";

type ServiceName = "matcher" | "fleet";

const OPENS_MS = 60_000;

/** Garbage behind the last commit, as of a write that a power cut broke off: the journal opens as if it were not there. */
export function tearTail(name: ServiceName, weight: number): Fault {
  return {
    ...base(name, weight),
    name: `torn tail of ${name}`,
    async run(parts) {
      const { world, random, found } = parts;
      await kill(name, parts);
      const garbage = random.bytes(Math.floor(between(random, 1, 9_000)));
      await appendFile(`${world.journals[name]}-wal`, garbage);
      world[name].resume();
      if (!(await opens(world, name))) found("RECOVERY", `the ${name} did not open a journal with a torn tail`);
    },
  };
}

function base(name: ServiceName, weight: number): Pick<Fault, "weight" | "claims" | "kills" | "canBegin"> {
  return { weight, claims: [name], kills: 1, canBegin: (world) => world[name].servingForMs > SERVES_MS };
}

async function kill(name: ServiceName, { world, killed }: FaultParts): Promise<void> {
  const pid = world[name].life?.pid;
  await world[name].hold();
  killed(name, String(pid));
}

async function opens(world: ChaosWorld, name: ServiceName): Promise<boolean> {
  await world[name].untilServing(AbortSignal.timeout(OPENS_MS)).catch(() => undefined); // It says itself how it went.
  return world[name].isServing;
}
