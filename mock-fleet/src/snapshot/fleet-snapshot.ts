// The fleet's whole state as a snapshot of its journal: what a restart begins with instead of all facts.
import { createHash } from "node:crypto";
import type { SnapshotCodec } from "@muster/journal";
import type { FleetFold, FleetState } from "../core/fleet-state.ts";
import { captureFleet } from "./capture-fleet.ts";
import { FLEET_SNAPSHOT_FORMAT } from "./fleet-columns.ts";
import { restoreFleet } from "./restore-fleet.ts";

export const fleetSnapshotCodec: SnapshotCodec<FleetFold> = {
  format: FLEET_SNAPSHOT_FORMAT,
  capture: captureFleet,
  restore: restoreFleet,
};

/** Facts between two snapshots of a small fleet: folding them takes a restart about a second. */
const SNAPSHOT_EVERY_FACTS = 20_000;
/** For each thing that a snapshot holds, so that writing it does not cost much more than the facts did. */
const SNAPSHOT_FACTS_PER_ROW = 2;

/** Facts after which the next snapshot of the fleet is worth its writing. */
export function factsBetweenSnapshots({ sessions, placements }: FleetState): number {
  return Math.max(SNAPSHOT_EVERY_FACTS, SNAPSHOT_FACTS_PER_ROW * (sessions.size + placements.size));
}

/** SHA-256 of the state's snapshot, in hex: states are the same for every later decision if their digests are. */
export function digestFleetState(state: FleetFold): string {
  const hash = createHash("sha256");
  for (const chunk of captureFleet(state)) hash.update(chunk);
  return hash.digest("hex");
}
