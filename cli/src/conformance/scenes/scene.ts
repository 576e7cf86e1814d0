// What scenes of a sidecar's trial share: who plays in them, and what they listen for.
import type { PlayerSession } from "@muster/proto";
import type { Client, Network } from "@muster/proto/rpc";
import type { GameServerServiceDefinition } from "@muster/proto/sdk";
import { ChangeReason } from "@muster/proto/session";
import { type CheckBook, type CheckResult, demand } from "../check-book.ts";
import type { GameEar, GameEvent } from "../game-ear.ts";
import type { SIDECAR_CHECKS } from "../sidecar-checks.ts";
import type { Stage } from "../stage.ts";

export type SidecarUnderTest = {
  /** As its game reaches it. */
  readonly address: string;
  readonly token: string;
  /** Default: sockets. */
  readonly network?: Network;
  /** What is behind it. The sidecar has to be attached, or attach by itself. */
  readonly stage: SidecarStage;
  /** As the stage's fleet asks, in ms. */
  readonly healthIntervalMs: number;
  readonly healthTimeoutMs: number;
  readonly onResult?: (result: CheckResult) => void;
};

/** What the drive needs of whatever is behind the sidecar. */
export type SidecarStage = Pick<
  Stage,
  | "processId"
  | "matcherCalls"
  | "place"
  | "seat"
  | "endSession"
  | "describe"
  | "until"
  | "untilProcess"
  | "goAway"
  | "comeBack"
>;

export type Game = Client<typeof GameServerServiceDefinition>;

export type Scene = {
  readonly under: SidecarUnderTest;
  readonly game: Game;
  readonly book: CheckBook<typeof SIDECAR_CHECKS>;
  ear: GameEar;
};

type Change = Extract<GameEvent, { $case: "battleSessionUpdated" }>["value"];

export async function nextChange(ear: GameEar, reason: number): Promise<Change> {
  const word = Object.entries(ChangeReason).find(([, value]) => value === reason)?.[0] ?? "";
  const event = await ear.next(`BattleSessionUpdated ${word}`, (one) => isChange(one) && one.value.reason === reason);
  demand(isChange(event), "");
  return event.value;
}

export function isChange(event: GameEvent): event is Extract<GameEvent, { $case: "battleSessionUpdated" }> {
  return event.$case === "battleSessionUpdated";
}

export function seatOf(ear: GameEar, id: string, playerId: string): PlayerSession {
  const seat = ear.sessions.get(id)?.playerSessions.find((one) => one.playerId === playerId);
  demand(seat !== undefined, `${playerId} has no seat, by what was heard`);
  return seat;
}

/** The order of a stream that is about to be left counts too. */
export function checkOrder({ ear }: Scene): void {
  demand(ear.fault === undefined, ear.fault ?? "");
}
