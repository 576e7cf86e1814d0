// The backfill that an auto-backfill configuration gives to every battle session at its birth.
import type { Backfill } from "@muster/proto";
import type { Match } from "./match.ts";

/** The document as the placement carries it: everybody of the match RESERVED. Undefined without auto-backfill. */
export function bornBackfill(match: Match): Backfill | undefined {
  if (match.backfillId === undefined) return undefined;
  const progress = match.teams.map(({ name, capacity }) => {
    const reserved = match.players.filter((player) => player.team === name).length;
    return { team: name, have: 0, reserved, goal: capacity };
  });
  const isFull = match.players.length >= match.capacity || progress.every((team) => team.reserved >= team.goal);
  return {
    backfillId: match.backfillId,
    state: isFull ? "PAUSED" : "SEARCHING",
    strategy: "MAX_POSSIBLE",
    addPlayers: {},
    progress,
    cause: isFull ? "FULL" : undefined,
    noLegalFill: false,
  };
}
