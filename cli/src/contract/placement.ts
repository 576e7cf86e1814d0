// Placements as this command knows them.
import { type EnumWord, readWord } from "@muster/proto";
import * as wire from "@muster/proto/fleet";

export type PlacementState = EnumWord<typeof wire.PlacementState>;

export type Placement = {
  readonly placementId: string;
  readonly state: PlacementState;
  readonly queue: string;
  readonly owner: string;
  readonly attempts: number;
  /** Of the last attempt; final once it is FULFILLED. */
  readonly battleSessionId: string | undefined;
  readonly failure: string | undefined;
  /** As text of ISO 8601. */
  readonly createdAt: string | undefined;
  readonly endedAt: string | undefined;
};

export function readPlacement(message: wire.Placement): Placement {
  return {
    placementId: message.placementId,
    state: readWord("placement.state", wire.PlacementState, message.state),
    queue: message.queue,
    owner: message.owner,
    attempts: message.attempts,
    battleSessionId: message.battleSessionId || message.session?.battleSessionId,
    failure: message.failure || undefined,
    createdAt: message.createdAt?.toISOString(),
    endedAt: message.endedAt?.toISOString(),
  };
}
