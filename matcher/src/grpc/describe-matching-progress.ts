import type { MatchmakingServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { getTicket } from "../core/cancel-matching.ts";
import { estimateWait } from "../core/waits/estimate-wait.ts";
import type { Desk } from "./desk.ts";
import { readTicketIds, writeTicket } from "./wire.ts";

export function describeMatchingProgress(
  desk: Desk,
): Handlers<MatchmakingServiceDefinition>["describeMatchingProgress"] {
  return async (message) => {
    const ids = readTicketIds(message.ticketIds);
    const shown = await desk.ledger.read((state, nowMs) =>
      ids.flatMap((id) => {
        if (message.knownOnly && !state.tickets.has(id)) return [];
        const ticket = getTicket(state, id);
        return { ticket, estimatedWaitMs: estimateWait(state, ticket, nowMs) };
      }),
    );
    return {
      tickets: shown.map(({ ticket, estimatedWaitMs }) => ({
        ...writeTicket(ticket, desk.joinTokens.write),
        estimatedWaitMs,
      })),
    };
  };
}
