// Asks the fleet for the sessions of matches, until each request has an answer. What becomes of a placement that is pending
// is told by the session feed.
import { backoffMs } from "@muster/kit";
import { type MatchId, toMusterError } from "@muster/proto";
import { bornBackfill } from "./core/born-backfill.ts";
import { decidePlacementReport } from "./core/fleet-reports.ts";
import { presentPlacementId } from "./core/match.ts";
import type { MatcherState } from "./core/matcher-state.ts";
import type { PlacementReport } from "./core/session-view.ts";
import { createKeyedWork, type KeyedWork } from "./keyed-work.ts";
import type { PlacementRequest } from "./ports.ts";
import { seatsOf } from "./seats-of.ts";
import { record, type Workshop } from "./workshop.ts";

/** Refusals after which the same request can never succeed, and no placement was made. */
const REFUSALS: ReadonlySet<string> = new Set([
  "QUEUE_NOT_FOUND",
  "FIELD_INVALID",
  "ID_MALFORMED",
  "TEAM_UNKNOWN",
  "MESSAGE_TOO_LARGE",
]);

/** `report` takes what the fleet answered, as the feed does. */
export function createPlacements(
  workshop: Workshop,
  report: (report: PlacementReport) => Promise<void>,
): KeyedWork<MatchId> {
  const { ledger, fleet, clock, random, log } = workshop;
  const ask = async (request: PlacementRequest, signal: AbortSignal): Promise<PlacementReport> => {
    try {
      return await fleet.startPlacement(request, signal);
    } catch (error) {
      if (toMusterError(error).reason !== "ID_REUSED") throw error;
      // Asked before with another body, by an older build perhaps: what the fleet has counts.
      log.error({ placementId: request.placementId }, "The fleet knows the placement with another body");
      return await fleet.describePlacement(request.placementId, signal);
    }
  };
  return createKeyedWork(async (matchId, signal) => {
    for (let attempt = 1; ; attempt += 1) {
      const request = await ledger.read((state) => findRequest(state, matchId));
      if (!request) return; // It has its outcome.
      const { placementId } = request;
      try {
        await report(await ask(request, signal));
        return; // Another attempt, if one follows, is another poke.
      } catch (error) {
        if (signal.aborted) return;
        const { reason, message } = toMusterError(error);
        if (REFUSALS.has(reason)) {
          log.warn({ placementId, reason, message }, "The fleet refused a placement");
          const failed = { placementId, state: "FAILED", failure: message } as const;
          await record(workshop, (state) => decidePlacementReport(state, failed));
          return;
        }
        if (attempt === 1) log.warn({ placementId, reason, message }, "Asking for a placement again");
        await clock.sleep(backoffMs(attempt, random), signal);
      }
    }
  }, workshop.onFatal);
}

function findRequest(state: MatcherState, matchId: MatchId): PlacementRequest | undefined {
  const match = state.matches.get(matchId);
  if (!match) return undefined;
  const placementId = presentPlacementId(match);
  return { placementId, match, players: seatsOf(state, match.players), backfill: bornBackfill(match) };
}
