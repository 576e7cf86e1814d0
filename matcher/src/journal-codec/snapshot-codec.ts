// How the matcher's state is kept as a snapshot, and told from another by a digest of it.
import { createHash } from "node:crypto";
import type { SnapshotCodec } from "@muster/journal";
import type { MatcherState } from "../core/matcher-state.ts";
import { restoreMatcherState } from "./snapshot-reader.ts";
import { SNAPSHOT_FORMAT } from "./snapshot-schema.ts";
import { captureMatcherState } from "./snapshot-writer.ts";

export const snapshotCodec: SnapshotCodec<MatcherState> = {
  format: SNAPSHOT_FORMAT,
  capture: captureMatcherState,
  restore: restoreMatcherState,
};

/** SHA-256 of the snapshot's bytes: equal for states of equal facts, whatever restarts came between (M-DETERMINISTIC). */
export function digestMatcherState(state: MatcherState): string {
  const hash = createHash("sha256");
  for (const chunk of captureMatcherState(state)) hash.update(chunk);
  return hash.digest("base64url");
}
