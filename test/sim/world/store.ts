// The disk of a service with its journal: one for all runs of the service, as the machine that they run on.
import { createMemoryJournal, type Journal } from "@muster/journal";
import type { Clock } from "@muster/kit";
import type { Chance } from "../engine/chance.ts";
import type { Life } from "../engine/life.ts";

export interface Store {
  /** The journal as this run of the service opens it. */
  open(life: Life): Promise<Journal>;
  /** The power is gone: what was not durable is lost. */
  powerCut(): void;
}

export type StoreOptions = {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly diskMsMax: number;
  /** Wraps the journal, to listen at it. */
  readonly tap: (journal: Journal) => Journal;
};

export function createStore({ clock, chance, diskMsMax, tap }: StoreOptions): Store {
  const journal = createMemoryJournal({ clock, writeMs: () => chance.fraction() * diskMsMax });
  const tapped = tap(journal);
  return {
    open: async (life) => life.guard(tapped),
    powerCut: journal.crash,
  };
}
