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
  /** Undefined: games are not asked. */
  readonly approvalTimeoutMs: number | undefined;
};

/** How long a game may take to approve of a fill, in ms: as long as its players may wait for nothing. */
export const APPROVAL_TIMEOUT_MS_MIN = 100;
export const APPROVAL_TIMEOUT_MS_MAX = 5_000;

/** What holds where a configuration says nothing. */
export const defaultBackfillSettings: BackfillSettings = {
  order: "OLDEST_FIRST",
  preferRunning: false,
  fillPlayersMax: undefined,
  approvalTimeoutMs: undefined,
};

/** @throws {MusterError} FIELD_INVALID unless every number is in its range. */
export function checkBackfillSettings({ fillPlayersMax, approvalTimeoutMs }: BackfillSettings): void {
  checkWhole("backfill.fill_players_max", fillPlayersMax, { min: 1, max: limits.MATCH_PLAYERS_MAX });
  const range = { min: APPROVAL_TIMEOUT_MS_MIN, max: APPROVAL_TIMEOUT_MS_MAX };
  checkWhole("backfill.approval_timeout_ms", approvalTimeoutMs, range);
}

function checkWhole(
  field: string,
  value: number | undefined,
  { min, max }: { readonly min: number; readonly max: number },
): void {
  if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return;
  throw fieldInvalid(field, `a whole number from ${min} to ${max}`, value);
}
