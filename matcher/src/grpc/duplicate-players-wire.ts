// What becomes of duplicate players, on the wire.
import { type EnumTable, type EnumWord, readWord, writeEnum } from "@muster/proto";
import { type DuplicatePlayers, DuplicatePolicy, PlayerScope, SeatedPolicy } from "@muster/proto/matchmaking";
import { type DuplicatePlayerSettings, defaultDuplicatePlayers } from "../core/duplicate-players.ts";

/** @throws {MusterError} FIELD_INVALID for a word that this build does not know. */
export function readDuplicatePlayers({ scope, onDuplicate, onSeated }: DuplicatePlayers): DuplicatePlayerSettings {
  const { scope: where, onDuplicate: policy, onSeated: seated } = defaultDuplicatePlayers;
  return {
    scope: wordOr(where, "scope", PlayerScope, scope),
    onDuplicate: wordOr(policy, "on_duplicate", DuplicatePolicy, onDuplicate),
    onSeated: wordOr(seated, "on_seated", SeatedPolicy, onSeated),
  };
}

function wordOr<Table extends EnumTable>(
  fallback: EnumWord<Table>,
  field: string,
  table: Table,
  value: number,
): EnumWord<Table> {
  return value === 0 ? fallback : readWord(`duplicate_players.${field}`, table, value);
}

export function writeDuplicatePlayers(settings: DuplicatePlayerSettings): DuplicatePlayers {
  return {
    scope: writeEnum(PlayerScope, settings.scope),
    onDuplicate: writeEnum(DuplicatePolicy, settings.onDuplicate),
    onSeated: writeEnum(SeatedPolicy, settings.onSeated),
  };
}
