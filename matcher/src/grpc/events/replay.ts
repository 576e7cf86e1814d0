import type { EventServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import type { Desk } from "../desk.ts";
import { getOutbox, readReplay } from "./event-wire.ts";

export function replay(desk: Desk): Handlers<EventServiceDefinition>["replay"] {
  return async (message, { signal }) => getOutbox(desk.outbox).replay(readReplay(message), signal);
}
