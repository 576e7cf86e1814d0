// What every decision is given and gives back. A decision changes nothing: its facts do, once they are evolved.
import type { Random } from "@muster/kit";
import type { ProcessId } from "@muster/proto";
import type { FleetConfig } from "./fleet-config.ts";
import type { FleetFact } from "./fleet-fact.ts";

/** The world outside the fold at the moment of a decision. What is decided from it is recorded in the facts. */
export type Moment = {
  /** Journal time in whole ms. */
  readonly nowMs: number;
  /** Wall clock in ms since 1970, for display. */
  readonly wallMs: number;
  readonly random: Random;
  readonly config: FleetConfig;
  /** Processes whose sidecar's stream is open. */
  readonly attached: ReadonlySet<ProcessId>;
  /** Processes whose sidecar runs as a child of this run of the fleet. */
  readonly supervised: ReadonlySet<ProcessId>;
  /** The fleet is ending: nothing is launched any more. */
  readonly stopping: boolean;
};

export type Decision<Reply> = { readonly facts: readonly FleetFact[]; readonly reply: Reply };

/** Nothing changes. */
export function unchanged<Reply>(reply: Reply): Decision<Reply> {
  return { facts: [], reply };
}
