import { type MatchmakingServiceDefinition, StartMatchingRequest } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { answerEach } from "@muster/service";
import type { Desk } from "./desk.ts";
import { startMany } from "./start-many.ts";

export function startMatchingStream(desk: Desk): Handlers<MatchmakingServiceDefinition>["startMatchingStream"] {
  return (requests, { admitPlayers }) =>
    // A request without a ticket is one of an empty ticket, and refused as that.
    answerEach(requests, async ({ ticket = StartMatchingRequest.create(), brief }, place) => {
      const [started] = await startMany(desk, [ticket], { brief, admitPlayers });
      return { place, started };
    });
}
