import type { MatchmakingServiceDefinition, WatchTicketsResponse } from "@muster/proto/matchmaking";
import { attendStream, type Handlers } from "@muster/proto/rpc";
import type { WatchItem } from "../ticket-watch.ts";
import type { Desk } from "./desk.ts";
import { readWatchTickets, writeHeartbeat, writeTicketEvent } from "./wire.ts";

export function watchTickets(desk: Desk): Handlers<MatchmakingServiceDefinition>["watchTickets"] {
  const write = (item: WatchItem): WatchTicketsResponse =>
    item.type === "event"
      ? writeTicketEvent(item.event, desk.joinTokens.write)
      : writeHeartbeat(item.number, desk.clock.wallMs());
  return (message, { signal }) =>
    attendStream((atEnd) => {
      const { select, after } = readWatchTickets(message);
      // Whoever looks on is nobody's presence, as is a watch of everything.
      atEnd(desk.presence.hold(message.onlooker === true ? { type: "all" } : select));
      return desk.watch.watch(select, after, { write, signal });
    });
}
