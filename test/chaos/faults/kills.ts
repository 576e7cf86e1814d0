// Faults that kill with -9: services while they serve and while they start, sidecars, games, and both of a pair at once.
import { systemClock } from "@muster/kit";
import { between } from "../load/dice.ts";
import type { ChaosWorld } from "../world/chaos-world.ts";
import type { HostProcess } from "../world/host-processes.ts";
import type { KeptService } from "../world/kept-service.ts";
import type { Fault, FaultParts } from "./fault.ts";

type ServiceName = "matcher" | "fleet";

/** How long a service is left in peace, in ms: one that never serves has nothing to lose. */
export const SERVES_MS = 1_000;

export function killService(name: ServiceName, weight: number): Fault {
  return {
    name: `kill ${name}`,
    weight,
    claims: [name],
    kills: 1,
    canBegin: (world) => world[name].servingForMs > SERVES_MS,
    async run(parts) {
      killPresent(parts.world[name], parts);
    },
  };
}

/** In the first moments of its life: while it opens its journal, folds it, or finds its old children. */
export function killStartingService(name: ServiceName, weight: number): Fault {
  return {
    name: `kill starting ${name}`,
    weight,
    claims: [name],
    kills: 2,
    canBegin: (world) => world[name].servingForMs > SERVES_MS,
    async run(parts) {
      const { world, random, healing } = parts;
      const service = world[name];
      const old = service.life;
      killPresent(service, parts);
      while ((service.life === undefined || service.life === old) && !healing.aborted) await systemClock.sleep(5);
      await systemClock.sleep(between(random, 5, 900), healing).catch(() => undefined);
      killPresent(service, parts);
    },
  };
}

export const killBothServices = (weight: number): Fault => ({
  name: "kill matcher and fleet",
  weight,
  claims: ["matcher", "fleet"],
  kills: 2,
  canBegin: ({ matcher, fleet }) => Math.min(matcher.servingForMs, fleet.servingForMs) > SERVES_MS,
  async run(parts) {
    killPresent(parts.world.matcher, parts);
    killPresent(parts.world.fleet, parts);
  },
});

export function killHost(kind: HostProcess["kind"], weight: number): Fault {
  return {
    name: `kill ${kind}`,
    weight,
    claims: [],
    kills: 1,
    canBegin: (world) => ofKind(world, kind).length > 0,
    async run({ world, random, killed }) {
      const victim = drawVictim(ofKind(world, kind), random.fraction());
      if (!victim) return;
      if (killProcess(victim.pid)) killed(kind, `${victim.pid} of ${victim.processId}`);
    },
  };
}

/** A sidecar and its game in one instant, as when a machine's memory runs out. */
export const killPair = (weight: number): Fault => ({
  name: "kill sidecar and server",
  weight,
  claims: [],
  kills: 2,
  canBegin: (world) => ofKind(world, "server").length > 0,
  async run({ world, random, killed }) {
    const all = world.hostProcesses();
    const victim = drawVictim(
      all.filter(({ kind }) => kind === "server"),
      random.fraction(),
    );
    for (const { pid, kind, processId } of all) {
      if (processId === victim?.processId && killProcess(pid)) killed(kind, `${pid} of ${processId}`);
    }
  },
});

function killPresent(service: KeptService, { killed }: FaultParts): void {
  const { life, name } = service;
  if (life === undefined || life.exit !== undefined) return;
  life.signal("SIGKILL");
  killed(name, String(life.pid));
}

function ofKind(world: ChaosWorld, wanted: HostProcess["kind"]): readonly HostProcess[] {
  return world.hostProcesses().filter(({ kind }) => kind === wanted);
}

/** The older half: games that die young are held back by the fleet, and then there is nothing left to break. */
function drawVictim(processes: readonly HostProcess[], fraction: number): HostProcess | undefined {
  return processes[Math.floor((fraction * processes.length) / 2)];
}

/** False if it has gone by itself. */
export function killProcess(pid: number): boolean {
  return signalProcess(pid, "SIGKILL");
}

export function signalProcess(pid: number, signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}
