// How the running battles of a configuration are filled: which first, by how many at a time, and whether arrivals wait for them.
import { fieldInvalid, limits } from "@muster/proto";

export const battleOrders = ["OLDEST_FIRST", "FULLEST_FIRST", "EMPTIEST_FIRST"] as const;
export type BattleOrder = (typeof battleOrders)[number];

/** What each field means stands in proto/muster/matchmaking/v1/configuration.proto. */
export type BackfillSettings = {
  readonly order: BattleOrder;
  readonly preferRunning: boolean;
  /** Undefined: as many as there is room for. */
  readonly fillPlayersMax: number | undefined;
};

/** What holds where a configuration says nothing. */
export const defaultBackfillSettings: BackfillSettings = {
  order: "OLDEST_FIRST",
  preferRunning: false,
  fillPlayersMax: undefined,
};

/** @throws {MusterError} FIELD_INVALID unless every number is in its range. */
export function checkBackfillSettings({ fillPlayersMax }: BackfillSettings): void {
  if (fillPlayersMax === undefined) return;
  const most = limits.MATCH_PLAYERS_MAX;
  if (Number.isInteger(fillPlayersMax) && fillPlayersMax >= 1 && fillPlayersMax <= most) return;
  throw fieldInvalid("backfill.fill_players_max", `a whole number from 1 to ${most}`, fillPlayersMax);
}
