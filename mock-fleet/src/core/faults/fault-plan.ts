// Which faults there are, and whether one strikes: by whom it fits, by its time, and by chance that a seed repeats. Chance is
// drawn by the number of the process in its fleet and of the opportunity, so that who else lives changes nothing.
import { createSeededRandom } from "@muster/kit";
import { type Fault, type FaultKind, type FaultSpec, faultKinds, type Opportunity, type Target } from "./fault.ts";

export interface FaultPlan {
  readonly isEmpty: boolean;
  /** In the order in which they were added. */
  readonly faults: readonly Fault[];
  /** Adds a fault under an id that no other has had. */
  add(spec: FaultSpec, nowMs: number): Fault;
  /** Answers whether there was one. */
  remove(faultId: string): boolean;
  /** The faults that strike at an opportunity of a process, each counted. */
  strike(opportunity: Opportunity, target: Target, nowMs: number): readonly Fault[];
  /** The standing faults of `kind` that hold for the process; each time is one opportunity, and no strike is counted. */
  standing(kind: FaultKind, target: Target, nowMs: number): readonly Fault[];
  /** Counts a strike that somebody else has found the time for; false if there may be none any more. */
  count(faultId: string, nowMs: number): boolean;
  /** The process has ended. */
  forget(processId: string): void;
  /** Until the fault strikes the process the next time, in ms, by its `perHour`. */
  untilNextMs(fault: Fault, target: Target): number;
}

const HOUR_MS = 3_600_000;

type Entry = { fault: Fault /** Opportunities so far, by process. */; readonly draws: Map<string, number> };

export function createFaultPlan(): FaultPlan {
  const entries = new Map<string, Entry>();
  /** The number of each process in its fleet, from the order in which the plan first saw them. */
  const numbers = new Map<string, number>();
  const counts = new Map<string, number>();
  let added = 0;

  const numberOf = ({ processId, fleet }: Target) => {
    const known = numbers.get(processId);
    if (known !== undefined) return known;
    const number = (counts.get(fleet) ?? 0) + 1;
    counts.set(fleet, number);
    numbers.set(processId, number);
    return number;
  };
  const draw = ({ fault, draws }: Entry, target: Target) => {
    const nth = (draws.get(target.processId) ?? 0) + 1;
    draws.set(target.processId, nth);
    return createSeededRandom(mix(fault.seed, numberOf(target), nth)).fraction();
  };
  const isDue = ({ fault }: Entry, nowMs: number) => {
    const sinceMs = nowMs - fault.addedAtMs - fault.afterMs;
    if (sinceMs < 0 || (fault.withinMs !== undefined && sinceMs >= fault.withinMs)) return false;
    return fault.strikesMax === undefined || fault.strikes < fault.strikesMax;
  };
  const hits = (entry: Entry, target: Target) => entry.fault.ratio >= 1 || draw(entry, target) < entry.fault.ratio;
  const counted = (entry: Entry) => {
    entry.fault = { ...entry.fault, strikes: entry.fault.strikes + 1 };
    return entry.fault;
  };

  return {
    get isEmpty() {
      return entries.size === 0;
    },
    get faults() {
      return [...entries.values()].map(({ fault }) => fault);
    },
    add(spec, nowMs) {
      added += 1;
      const fault = { ...spec, faultId: `fault_${added}`, addedAtMs: nowMs, strikes: 0 };
      entries.set(fault.faultId, { fault, draws: new Map() });
      return fault;
    },
    remove: (faultId) => entries.delete(faultId),
    strike(opportunity, target, nowMs) {
      numberOf(target);
      const struck: Fault[] = [];
      for (const entry of entries.values()) {
        const { kind, perHour } = entry.fault;
        if (faultKinds[kind].strikes !== opportunity || perHour !== undefined) continue;
        if (fits(entry.fault, target) && isDue(entry, nowMs) && hits(entry, target)) struck.push(counted(entry));
      }
      return struck;
    },
    standing(kind, target, nowMs) {
      if (entries.size === 0) return [];
      const found: Fault[] = [];
      for (const entry of entries.values()) {
        if (entry.fault.kind !== kind || !fits(entry.fault, target)) continue;
        if (isDue(entry, nowMs) && hits(entry, target)) found.push(entry.fault);
      }
      return found;
    },
    count(faultId, nowMs) {
      const entry = entries.get(faultId);
      if (!entry || !isDue(entry, nowMs)) return false;
      counted(entry);
      return true;
    },
    forget(processId) {
      numbers.delete(processId);
      for (const { draws } of entries.values()) draws.delete(processId);
    },
    untilNextMs(fault, target) {
      const entry = entries.get(fault.faultId);
      if (!entry || fault.perHour === undefined) return Number.POSITIVE_INFINITY;
      return (-Math.log(1 - draw(entry, target)) * HOUR_MS) / fault.perHour;
    },
  };
}

/** Whether the fault is meant for the process. */
export function fits(fault: FaultSpec, target: Target): boolean {
  if (fault.fleet !== undefined && fault.fleet !== target.fleet) return false;
  if (fault.region !== undefined && fault.region !== target.region) return false;
  return fault.processId === undefined || target.processId.startsWith(fault.processId);
}

function mix(seed: number, number: number, nth: number): number {
  return Math.imul(seed, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b) ^ Math.imul(nth, 0xc2b2ae35);
}
