// Faults come by chance, each kind that the seed allows, and are mended after a while or when the world is healed.
import type { Happening } from "../observation.ts";
import { diskFaults } from "./faults/disk-faults.ts";
import type { Fault, Victims } from "./faults/fault.ts";
import { networkFaults } from "./faults/network-faults.ts";
import { planFaults } from "./faults/plan-faults.ts";
import { serverFaults } from "./faults/server-faults.ts";
import { serviceFaults } from "./faults/service-faults.ts";

const FAULTS = { ...serviceFaults, ...serverFaults, ...networkFaults, ...diskFaults, ...planFaults } satisfies Record<
  string,
  Fault
>;

export type FaultKind = keyof typeof FAULTS;
/** In a fixed order: knobs draw from it. */
export const FAULT_KINDS = Object.keys(FAULTS) as readonly FaultKind[];

export interface Faults {
  /** Mends everything at once; nothing fails any more. */
  heal(): void;
}

export type FaultsOptions = {
  readonly victims: Omit<Victims, "later" | "pause" | "fail">;
  readonly kinds: readonly FaultKind[];
  /** Mean time between two, in ms. */
  readonly everyMs: number;
  readonly see: (happening: Happening) => void;
  readonly fail: (error: unknown) => void;
};

/** Faults happen from now on. */
export function startFaults({ victims: harmed, kinds, everyMs, see, fail }: FaultsOptions): Faults {
  const { clock, chance } = harmed;
  const mends = new Set<() => void>();
  let healed = false;
  const later = (afterMs: number, mend: () => void) => {
    const once = () => {
      if (mends.delete(once)) mend();
    };
    if (healed) return void mend();
    mends.add(once);
    clock.sleep(afterMs).then(once).catch(fail);
  };
  const pause: Victims["pause"] = (life, pauseMs) => {
    const { node } = life;
    life.pause();
    see({ type: "life", node, how: "pause" });
    later(pauseMs, () => {
      if (life.dead) return;
      see({ type: "life", node, how: "resume" });
      life.resume();
    });
  };
  const victims: Victims = { ...harmed, later, pause, fail };

  const run = async () => {
    while (kinds.length > 0) {
      await clock.sleep(chance.wait(everyMs));
      if (healed) return;
      const kind = chance.pick(kinds);
      const detail = FAULTS[kind](victims);
      if (detail !== undefined) see({ type: "fault", name: kind, detail });
    }
  };
  run().catch(fail);
  return {
    heal() {
      healed = true;
      for (const mend of [...mends]) mend();
    },
  };
}
