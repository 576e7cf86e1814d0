// Faults that stop a process and let it go on: a long garbage collection, a laptop that sleeps, a machine that swaps. A
// paused owner of a journal may get a successor, and wakes up as a zombie that must commit nothing.

import { connectMatcher, type MatcherConnection } from "@muster/cli";
import { systemClock } from "@muster/kit";
import { MusterError, newId } from "@muster/proto";
import { TERMINAL } from "../history/entry.ts";
import { readTicketTrails } from "../history/ticket-trail.ts";
import { createBackendCalls } from "../load/backend-calls.ts";
import { between, chance } from "../load/dice.ts";
import { type ChaosWorld, LEASE_MS } from "../world/chaos-world.ts";
import type { HostProcess } from "../world/host-processes.ts";
import type { ServiceLife } from "../world/service-life.ts";
import type { Fault, FaultParts } from "./fault.ts";
import { SERVES_MS, signalProcess } from "./kills.ts";

type ServiceName = "matcher" | "fleet";

/** Paused, perhaps for longer than its lease, with nobody to take its place: it goes on as if nothing had happened. */
export function pauseService(name: ServiceName, weight: number): Fault {
  return {
    name: `pause ${name}`,
    weight,
    claims: [name],
    kills: 0,
    canBegin: (world) => world[name].servingForMs > SERVES_MS,
    async run({ world, random, healing }) {
      const { life } = world[name];
      if (!life) return;
      life.signal("SIGSTOP");
      await rest(between(random, 200, 2 * LEASE_MS), healing);
      life.signal("SIGCONT");
    },
  };
}

/** How long a zombie may take to notice that it is one, and to be gone. */
const ZOMBIE_ENDS_MS = 30_000;
/** How long a successor may take to own the journal and to serve; with the old owner dead there is nothing to wait for. */
const SUCCESSOR_MS = 30_000;
const START_MS = 120_000;

/** Paused, replaced, resumed: by force at once, or by whoever finds the lease run out. */
export function makeZombie(name: ServiceName, weight: number): Fault {
  return {
    name: `zombie ${name}`,
    weight,
    claims: [name],
    kills: 0,
    canBegin: (world) => world[name].servingForMs > SERVES_MS,
    async run(parts) {
      const { world, random, healing, pauseMs } = parts;
      const service = world[name];
      const zombie = service.life;
      if (!zombie) return;
      const beganMs = systemClock.nowMs();
      await using old = name === "matcher" ? await connectTo(zombie) : undefined;
      const open = openTickets(world);
      zombie.signal("SIGSTOP");
      const takeOver = chance(random, 0.5);
      await rest(between(random, 50, 1_000), healing);
      service.replace({ takeOver });
      if (chance(random, 0.5)) world.fronts[name].drop();
      if (name === "fleet" && chance(random, 0.5)) world.fronts.link.drop();
      await rest(between(random, pauseMs.least, pauseMs.most) - (systemClock.nowMs() - beganMs), healing);
      // Until the successor owns the journal nobody is a zombie.
      await service.untilServing(AbortSignal.timeout(SUCCESSOR_MS)).catch(() => undefined);
      if (!service.isServing) return await killLockHolder(zombie, name, parts);
      // What is asked now waits in the zombie's socket, and is read before it can know anything.
      const beleaguered = old && beleaguer(old, open, parts);
      await rest(ASKED_MS, healing);
      zombie.signal("SIGCONT");
      await beleaguered;
      await expectEnd(zombie, name, parts);
    },
  };
}

/**
 * Paused in the middle of a commit, the old owner holds SQLite's lock, and no successor can own the journal: as an operator
 * would, it is killed.
 */
async function killLockHolder(
  owner: ServiceLife,
  name: ServiceName,
  { world, found, killed }: FaultParts,
): Promise<void> {
  const service = world[name];
  owner.signal("SIGKILL");
  killed(name, `${owner.pid}, which held the lock`);
  await service.untilServing(AbortSignal.timeout(START_MS)).catch(() => undefined);
  if (!service.isServing) found("L-PROGRESS", `no other ${name} could take over from ${owner.pid}, which is dead`);
}

async function expectEnd(zombie: ServiceLife, name: string, { world, found }: FaultParts): Promise<void> {
  const resumedMs = systemClock.nowMs();
  const waiting = new AbortController();
  const late = systemClock.sleep(ZOMBIE_ENDS_MS, waiting.signal).then(
    () => undefined,
    () => undefined,
  );
  const exit = await Promise.race([zombie.exited, late]);
  waiting.abort();
  const tookMs = Math.round(systemClock.nowMs() - resumedMs);
  const how = exit?.how ?? "it runs on";
  world.history.add({
    type: "fault",
    name: "zombie ended",
    target: name,
    detail: `${zombie.pid} ${how} after ${tookMs} ms`,
  });
  if (exit === undefined) {
    found("S-FENCED", `the zombie ${name} ${zombie.pid} still ran ${ZOMBIE_ENDS_MS} ms after it was resumed`);
    zombie.signal("SIGKILL");
    await zombie.exited;
  } else if (exit.code === 0) {
    found("S-FENCED", `the zombie ${name} ${zombie.pid} ended with exit 0, as if it had been told to`);
  }
}

/** From the questions to the zombie until it wakes up, in ms. */
const ASKED_MS = 100;

/** A connection that is open before the pause begins. */
async function connectTo({ port }: ServiceLife): Promise<MatcherConnection> {
  const matcher = connectMatcher(`127.0.0.1:${port}`);
  await matcher.configurations.listConfigurations({}).catch(unlessAway);
  return matcher;
}

function unlessAway(error: unknown): void {
  if (!(error instanceof MusterError)) throw error;
}

/** Clients that are still connected to the zombie ask for new tickets, and for those that it last saw alive. */
async function beleaguer(
  zombie: MatcherConnection,
  open: readonly string[],
  { world, random }: FaultParts,
): Promise<void> {
  const calls = createBackendCalls(world.history, zombie, "zombie's client");
  const ticketIds = Array.from({ length: 4 }, () => newId("ticket", random));
  await Promise.all([
    ...ticketIds.map((ticketId) => calls.start({ configuration: "duel", ticketId, playerIds: [`z-${ticketId}`] })),
    ...open.map((ticketId) => calls.read(ticketId)),
    ...open.map((ticketId) => calls.cancel(ticketId)),
  ]);
}

const OPEN_TICKETS_MAX = 6;

/** Tickets that are last known to be alive. */
function openTickets({ history }: ChaosWorld): readonly string[] {
  const trails = [...readTicketTrails(history.entries).values()];
  const alive = trails.filter(({ sightings }) => {
    const last = sightings.at(-1)?.view.state;
    return last !== undefined && !TERMINAL.has(last);
  });
  return alive.slice(-OPEN_TICKETS_MAX).map(({ ticketId }) => ticketId);
}

/** A sidecar or game that stands still: short, and nobody minds; long, and it is given up. */
export function pauseHost(kind: HostProcess["kind"], weight: number): Fault {
  return {
    name: `pause ${kind}`,
    weight,
    claims: ["host"],
    kills: 0,
    canBegin: (world) => world.hostProcesses().some((one) => one.kind === kind && !one.isStopped),
    async run({ world, random, healing, pauseMs }) {
      const candidates = world.hostProcesses().filter((one) => one.kind === kind && !one.isStopped);
      const victim = candidates[Math.floor(random.fraction() * candidates.length)];
      if (!victim || !signalProcess(victim.pid, "SIGSTOP")) return;
      const longMs = chance(random, 0.5) ? between(random, pauseMs.least, pauseMs.most) : between(random, 300, 3_000);
      await rest(longMs, healing);
      signalProcess(victim.pid, "SIGCONT");
    },
  };
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await systemClock.sleep(ms, signal).catch(() => undefined); // The run heals: go on at once.
}
