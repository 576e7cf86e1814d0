// Faults of the disk around a kill: what a torn write leaves behind the end of a journal, which must be cleared away, and
// damage to what was written and acknowledged, which must be refused. In no case may anything be lost without a word.
import { appendFile, copyFile, open, rm, stat } from "node:fs/promises";
import { systemClock } from "@muster/kit";
import { between, chance } from "../load/dice.ts";
import type { ChaosWorld } from "../world/chaos-world.ts";
import type { Fault, FaultParts } from "./fault.ts";
import { SERVES_MS } from "./kills.ts";

type ServiceName = "matcher" | "fleet";

/** SQLite's own files; the last holds nothing that outlives its processes. */
const FILES = ["", "-wal"] as const;
const SHARED_MEMORY = "-shm";
const OPENS_MS = 120_000;
const LOOK_MS = 20;

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

/** Cut or overwritten near the end: it opens with all that was acknowledged, or says that it cannot. */
export function damageTail(name: ServiceName, weight: number): Fault {
  return {
    ...base(name, weight),
    name: `damaged tail of ${name}`,
    async run(parts) {
      const { world, random, found } = parts;
      const service = world[name];
      const journal = world.journals[name];
      await kill(name, parts);
      await Promise.all(FILES.map((ending) => copyFile(`${journal}${ending}`, `${journal}${ending}.before`)));
      const what = await damage(`${journal}-wal`, random);
      const refusals = service.crashes.length;
      service.resume();
      const answer = await opensOrRefuses(world, name, refusals);
      world.history.add({ type: "fault", name: "damaged tail", target: name, detail: `${what}: ${answer}` });
      if (answer === "opened") return; // The history tells whether anything is missing.
      if (answer !== "refused")
        found("RECOVERY", `the ${name} neither opened a damaged journal nor refused it: ${answer}`);
      // As an operator would: back to the copy.
      await service.hold();
      await rm(`${journal}${SHARED_MEMORY}`, { force: true });
      await Promise.all(FILES.map((ending) => copyFile(`${journal}${ending}.before`, `${journal}${ending}`)));
      service.resume();
      if (!(await opens(world, name))) found("RECOVERY", `the ${name} did not open the journal that was put back`);
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

const TAIL_BYTES = 16_000;

async function damage(path: string, random: FaultParts["random"]): Promise<string> {
  const { size } = await stat(path);
  const at = Math.floor(Math.max(0, size - between(random, 1, TAIL_BYTES)));
  await using file = await open(path, "r+");
  if (chance(random, 0.5)) {
    await file.truncate(at);
    return `cut from ${size} to ${at} bytes`;
  }
  const noise = random.bytes(64);
  await file.write(noise, 0, Math.min(noise.length, size - at), at);
  return `overwritten at ${at} of ${size} bytes`;
}

async function opens(world: ChaosWorld, name: ServiceName): Promise<boolean> {
  await world[name].untilServing(AbortSignal.timeout(OPENS_MS)).catch(() => undefined); // It says itself how it went.
  return world[name].isServing;
}

async function opensOrRefuses(world: ChaosWorld, name: ServiceName, refusals: number): Promise<string> {
  const { crashes } = world[name];
  const giveUpMs = systemClock.nowMs() + OPENS_MS;
  while (systemClock.nowMs() < giveUpMs) {
    if (world[name].isServing) return "opened";
    const last = crashes[refusals];
    if (last !== undefined) return last.endsWith("exit 2") ? "refused" : last;
    await systemClock.sleep(LOOK_MS);
  }
  return "no answer";
}
