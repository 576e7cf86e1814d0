import { parseId } from "@muster/proto";
import type { EventServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import type { Desk } from "../desk.ts";
import { getOutbox, readEventToken, writeStreamedEvent } from "./event-wire.ts";

export function watchEvents(desk: Desk): Handlers<EventServiceDefinition>["watchEvents"] {
  return async function* (message, { signal }) {
    const position = readEventToken(message);
    const name = parseId<never>("name", message.name);
    for await (const item of getOutbox(desk.outbox).watch(name, position, signal)) yield writeStreamedEvent(item);
  };
}
