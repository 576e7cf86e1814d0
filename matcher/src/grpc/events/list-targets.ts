import type { EventServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import type { Desk } from "../desk.ts";
import { getOutbox, writeTargetStatus } from "./event-wire.ts";

export function listTargets(desk: Desk): Handlers<EventServiceDefinition>["listTargets"] {
  return async () => ({ targets: (await getOutbox(desk.outbox).listTargets()).map(writeTargetStatus) });
}
