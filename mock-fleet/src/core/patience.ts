// How long the seats of a session are held for players who are not there: as was asked for it, or as its fleet says.
import type { PlacementId } from "@muster/proto";
import type { Moment } from "./decision.ts";
import { findFleet } from "./fleet-config.ts";
import type { FleetState } from "./fleet-state.ts";

type Placed = { readonly placementId: PlacementId; readonly battle: { readonly fleet: string } };

/** For players who have not come, in ms. */
export function reservationMsOf(state: FleetState, { placementId, battle }: Placed, { config }: Moment): number {
  const asked = state.placements.get(placementId)?.request.reservationMs;
  return asked ?? findFleet(config, battle.fleet)?.reservationMs ?? 60_000;
}

/** For players whose connection broke, in ms. */
export function graceMsOf(state: FleetState, { placementId, battle }: Placed, { config }: Moment): number {
  const asked = state.placements.get(placementId)?.request.disconnectGraceMs;
  return asked ?? findFleet(config, battle.fleet)?.disconnectGraceMs ?? 60_000;
}
