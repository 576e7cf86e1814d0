// An operator says how large a fleet is.
import { MusterError } from "@muster/proto";
import { type Decision, type Moment, unchanged } from "./decision.ts";
import { findFleet } from "./fleet-config.ts";
import { controlOf, type Scaling } from "./fleet-control.ts";
import type { FleetState } from "./fleet-state.ts";

/**
 * The fleet is as large as `scaling` says, or again as muster.json does; a repeat changes nothing.
 *
 * @throws {MusterError} FLEET_NOT_FOUND
 */
export function scaleFleet(
  state: FleetState,
  { fleet, scaling }: { readonly fleet: string; readonly scaling: Scaling | undefined },
  moment: Moment,
): Decision<undefined> {
  if (!findFleet(moment.config, fleet)) {
    throw new MusterError("FLEET_NOT_FOUND", `Cannot scale fleet ${fleet} as there is none of that name`);
  }
  const { scaling: known } = controlOf(state, fleet);
  // Plain values, written by one reader: the same say the same.
  if (JSON.stringify(known) === JSON.stringify(scaling)) return unchanged(undefined);
  return { facts: [{ type: "fleet-scaling-put", fleet, scaling }], reply: undefined };
}
