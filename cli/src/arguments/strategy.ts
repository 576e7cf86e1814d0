// What a backfill is to do, as flags say it: a strategy, and players to add by team.
import type { BackfillStrategy } from "@muster/proto";
import { UsageError } from "./usage-error.ts";

export type BackfillRequest =
  | { readonly strategy: "MAX_POSSIBLE" }
  | { readonly strategy: "CUSTOM"; readonly addPlayers: Readonly<Record<string, number>> };

/** "max-possible", "MAX_POSSIBLE", "custom" as the word of the contract. @throws {UsageError} for anything else. */
export function parseStrategy(text: string): BackfillStrategy {
  const word = text.toUpperCase().replaceAll("-", "_");
  if (word === "MAX_POSSIBLE" || word === "CUSTOM") return word;
  throw new UsageError(`Cannot read "${text}" as a strategy: there are MAX_POSSIBLE and CUSTOM`);
}

/**
 * Both flags as one request: players to add mean CUSTOM, none MAX_POSSIBLE.
 *
 * @throws {UsageError} MAX_POSSIBLE with players to add, or CUSTOM without.
 */
export function readBackfillRequest(
  strategy: BackfillStrategy | undefined,
  addPlayers: Readonly<Record<string, number>> | undefined,
): BackfillRequest {
  if (addPlayers && strategy === "MAX_POSSIBLE") {
    throw new UsageError("Cannot add so many players by MAX_POSSIBLE as it fills every seat: leave out --add");
  }
  if (!addPlayers && strategy === "CUSTOM") {
    throw new UsageError("Cannot start CUSTOM without saying how many are to come: add --add red=1,blue=2");
  }
  return addPlayers ? { strategy: "CUSTOM", addPlayers } : { strategy: "MAX_POSSIBLE" };
}
