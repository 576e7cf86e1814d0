import type { MatchmakingServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import type { Desk } from "./desk.ts";
import { readWatchTickets, writeHeartbeat, writeTicketEvent } from "./wire.ts";

export function watchTickets(desk: Desk): Handlers<MatchmakingServiceDefinition>["watchTickets"] {
  return async function* (message, { signal }) {
    const { select, after } = readWatchTickets(message);
    // Whoever looks on is nobody's presence, as is a watch of everything.
    using _held = desk.presence.hold(message.onlooker === true ? { type: "all" } : select);
    for await (const item of desk.watch.watch(select, after, signal)) {
      yield item.type === "event"
        ? writeTicketEvent(item.event, desk.joinTokens.write)
        : writeHeartbeat(item.number, desk.clock.wallMs());
    }
  };
}
