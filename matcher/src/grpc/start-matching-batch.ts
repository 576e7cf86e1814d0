import { fieldInvalid, limits } from "@muster/proto";
import type { MatchmakingServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import type { Desk } from "./desk.ts";
import { startMany } from "./start-many.ts";

export function startMatchingBatch(desk: Desk): Handlers<MatchmakingServiceDefinition>["startMatchingBatch"] {
  return async ({ tickets, brief }, { admitPlayers }) => {
    const count = tickets.length;
    if (count < 1 || count > limits.TICKETS_PER_BATCH_MAX) {
      throw fieldInvalid("tickets", `1 to ${limits.TICKETS_PER_BATCH_MAX} tickets`, count);
    }
    return { tickets: await startMany(desk, tickets, { brief, admitPlayers }) };
  };
}
