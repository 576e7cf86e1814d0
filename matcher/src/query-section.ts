// The `query` of a configuration, as files write it.
import {
  INTERVAL_SECONDS_DEFAULT,
  INTERVAL_SECONDS_MAX,
  INTERVALS_MAX,
  MAX_INTERVALS_DEFAULT,
  type QuerySettings,
  queryModes,
  TICKETS_PER_PLAYER_DEFAULT,
  TICKETS_PER_PLAYER_MAX,
} from "@muster/rules";
import { z } from "zod";

/** What stands in a file, its defaults filled in: those of Nakama, read in the best way. */
export const querySection = z
  .strictObject({
    intervalSeconds: z.int().min(1).max(INTERVAL_SECONDS_MAX).default(INTERVAL_SECONDS_DEFAULT),
    maxIntervals: z.int().min(1).max(INTERVALS_MAX).default(MAX_INTERVALS_DEFAULT),
    reversePrecision: z.boolean().default(false),
    reverseThreshold: z.int().min(0).max(INTERVALS_MAX).default(1),
    maxTicketsPerPlayer: z.int().min(1).max(TICKETS_PER_PLAYER_MAX).default(TICKETS_PER_PLAYER_DEFAULT),
    onMatched: z.enum(["keepOthers", "cancelOthers"]).optional(),
    mode: z.enum(queryModes).default("best"),
  })
  .transform(({ intervalSeconds, onMatched, ...rest }): QuerySettings => {
    // In the original a player's other tickets live on; who does not ask for that is to be in one match at a time.
    const usual = rest.mode === "compatible" ? "keepOthers" : "cancelOthers";
    return { ...rest, intervalMs: intervalSeconds * 1_000, onMatched: onMatched ?? usual };
  });

/** As a file writes it; it reads back as the same settings. */
export function writeQuerySection({ intervalMs, ...rest }: QuerySettings): z.input<typeof querySection> {
  return { ...rest, intervalSeconds: intervalMs / 1_000 };
}
