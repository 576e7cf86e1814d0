// Breaks one thing after the other, as a seed says, until so many processes have been killed or the time is over; then mends
// everything that is still broken.
import { createSeededRandom, systemClock } from "@muster/kit";
import type { Finding } from "../history/finding.ts";
import { between, drawWeighted } from "../load/dice.ts";
import type { ChaosWorld } from "../world/chaos-world.ts";
import type { Fault, KillKind } from "./fault.ts";
import { killBothServices, killHost, killPair, killService, killStartingService } from "./kills.ts";
import { dropFront, stallFront } from "./links.ts";
import { makeZombie, pauseHost, pauseService } from "./pauses.ts";
import { damageTail, tearTail } from "./tails.ts";

const FAULTS: readonly Fault[] = [
  killService("matcher", 4),
  killService("fleet", 4),
  killStartingService("matcher", 1.5),
  killStartingService("fleet", 1.5),
  killBothServices(1),
  killHost("sidecar", 7),
  killHost("server", 7),
  killPair(1),
  pauseService("matcher", 1),
  pauseService("fleet", 1),
  makeZombie("matcher", 1.5),
  makeZombie("fleet", 1.5),
  pauseHost("sidecar", 1.5),
  pauseHost("server", 1.5),
  stallFront("link", 1),
  stallFront("fleet", 1),
  dropFront("link", 0.5),
  dropFront("fleet", 0.5),
  dropFront("matcher", 0.5),
  tearTail("matcher", 0.5),
  tearTail("fleet", 0.5),
  damageTail("matcher", 0.5),
  damageTail("fleet", 0.5),
];

export type FaultPlan = {
  readonly seed: number;
  readonly kills: number;
  /** After so long no new fault begins, in ms. */
  readonly withinMs: number;
  readonly pauseMs: { readonly least: number; readonly most: number };
  /** Between two faults, in ms, on a machine that is not busy. */
  readonly paceMs: { readonly least: number; readonly most: number };
  /** Names of the faults that must come at least once, first of all. */
  readonly first: readonly string[];
  /** Draws only faults whose name holds one of these; empty: all. */
  readonly only: readonly string[];
};

export type FaultSummary = {
  readonly kills: Readonly<Record<KillKind, number>>;
  /** How often each fault was done. */
  readonly faults: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
};

/** Resolves when all is mended: every paused process runs, every front flows. */
export async function breakThings(world: ChaosWorld, plan: FaultPlan, signal: AbortSignal): Promise<FaultSummary> {
  const { history } = world;
  const random = createSeededRandom(plan.seed);
  const kills: Record<KillKind, number> = { matcher: 0, fleet: 0, sidecar: 0, server: 0 };
  const faults: Record<string, number> = {};
  const findings: Finding[] = [];
  const healing = new AbortController();
  const underWay = new Map<Fault, Promise<void>>();
  const endsMs = systemClock.nowMs() + plan.withinMs;
  const killedSoFar = () => Object.values(kills).reduce((sum, count) => sum + count, 0);
  const wanted = [...plan.first];

  const begin = (fault: Fault) => {
    faults[fault.name] = (faults[fault.name] ?? 0) + 1;
    history.add({ type: "fault", name: fault.name, target: "", detail: "begins" });
    const parts = {
      world,
      random: createSeededRandom(Math.floor(random.fraction() * 2 ** 31)),
      healing: healing.signal,
      pauseMs: plan.pauseMs,
      killed: (kind: KillKind, target: string) => {
        kills[kind] += 1;
        history.add({ type: "fault", name: "killed", target: kind, detail: target });
      },
      found: (promise: string, why: string) => void findings.push({ promise, why, about: [] }),
    };
    const done = fault.run(parts).finally(() => {
      underWay.delete(fault);
      history.add({ type: "fault", name: fault.name, target: "", detail: "is over" });
    });
    underWay.set(fault, done);
    done.catch(() => undefined); // Told below.
    return done;
  };
  const all: Promise<void>[] = [];
  while (killedSoFar() < plan.kills && systemClock.nowMs() < endsMs && !signal.aborted) {
    const claimed = new Set([...underWay.keys()].flatMap(({ claims }) => claims));
    const possible = FAULTS.filter((fault) => {
      if (plan.only.length > 0 && !plan.only.some((part) => fault.name.includes(part))) return false;
      return !underWay.has(fault) && !fault.claims.some((claim) => claimed.has(claim)) && fault.canBegin(world);
    });
    const next =
      possible.find(({ name }) => name === wanted[0]) ??
      (wanted.length > 0 ? undefined : drawWeighted(random, possible));
    if (next) {
      if (next.name === wanted[0]) wanted.shift();
      all.push(begin(next));
    }
    await systemClock.sleep(between(random, plan.paceMs.least, plan.paceMs.most), signal).catch(() => undefined);
  }
  healing.abort();
  await Promise.all(all);
  return { kills, faults, findings };
}
