// One kind of fault: whether it can be done now, and doing it. A fault that takes its time mends itself at its end.
import type { Random } from "@muster/kit";
import type { ChaosWorld } from "../world/chaos-world.ts";

export type FaultParts = {
  readonly world: ChaosWorld;
  readonly random: Random;
  /** Ends pauses and stalls early: the run is to heal. */
  readonly healing: AbortSignal;
  /** Pauses, in ms. */
  readonly pauseMs: { readonly least: number; readonly most: number };
  /** Notes a process that was killed. */
  readonly killed: (kind: KillKind, target: string) => void;
  /** Something did not go as promised while the fault lasted. */
  readonly found: (promise: string, why: string) => void;
};

export type KillKind = "matcher" | "fleet" | "sidecar" | "server";

export type Fault = {
  readonly name: string;
  /** Its share among those that can be done. */
  readonly weight: number;
  /** What it keeps for itself as long as it lasts: no two faults work on the same thing. */
  readonly claims: readonly ("matcher" | "fleet" | "link" | "host")[];
  /** How many processes it kills. */
  readonly kills: number;
  canBegin(world: ChaosWorld): boolean;
  /** Resolves when all that it broke is mended as far as it is this fault's to mend. */
  run(parts: FaultParts): Promise<void>;
};
