// The disk of a service with its journal: one for all runs of the service, as the machine that they run on. The journal is the
// one of plain files, so that the disk can do to it whatever disks do.
import { type Journal, openFileJournal } from "@muster/journal";
import { createSimulatedDisk, type DiskOperation, type SimulatedDisk } from "@muster/journal/testing";
import type { Clock } from "@muster/kit";
import type { Chance } from "../engine/chance.ts";
import type { Life } from "../engine/life.ts";

export interface Store {
  /** To be harmed. */
  readonly disk: SimulatedDisk;
  /** How much longer each operation takes. 1: as always. */
  slowness: number;
  /** The journal as this run of the service has it. */
  open(life: Life): Journal;
}

export type StoreOptions = {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly diskMsMax: number;
  readonly segmentBytes: number;
  /** Wraps each journal, to listen at it. */
  readonly tap: (journal: Journal) => Journal;
};

/** What waits for the disk itself; everything else is answered from memory. */
const SLOW: ReadonlySet<DiskOperation> = new Set(["sync", "syncNames"]);

export function createStore({ clock, chance, diskMsMax, segmentBytes, tap }: StoreOptions): Store {
  const disk = createSimulatedDisk({
    random: chance,
    clock,
    delayMs: (operation) => (SLOW.has(operation) ? chance.fraction() * diskMsMax * store.slowness : 0),
  });
  const store: Store = {
    disk,
    slowness: 1,
    open(life) {
      const mounted = disk.mount();
      life.atDeath(mounted.kill);
      return life.guard(tap(openFileJournal("journal", { disk: mounted, clock: life.clock, segmentBytes })));
    },
  };
  return store;
}
