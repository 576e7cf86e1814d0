import { parseId } from "@muster/proto";
import type { EventServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import type { Desk } from "../desk.ts";
import { getOutbox, readDeliveriesLimit, writeDelivery } from "./event-wire.ts";

export function listDeliveries(desk: Desk): Handlers<EventServiceDefinition>["listDeliveries"] {
  return async ({ name, limit }) => {
    const deliveries = getOutbox(desk.outbox).listDeliveries(parseId("name", name), readDeliveriesLimit(limit));
    return { deliveries: deliveries.map(writeDelivery) };
  };
}
