import { parseId } from "@muster/proto";
import type { EventServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import type { Desk } from "../desk.ts";
import { getOutbox } from "./event-wire.ts";

export function deleteTarget(desk: Desk): Handlers<EventServiceDefinition>["deleteTarget"] {
  return async ({ name }) => {
    await getOutbox(desk.outbox).deleteTarget(parseId("name", name));
    return {};
  };
}
