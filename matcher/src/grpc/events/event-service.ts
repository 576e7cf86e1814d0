// EventService with its handlers.
import { EventServiceDefinition } from "@muster/proto/matchmaking";
import { type Implementation, implement } from "@muster/proto/rpc";
import type { Desk } from "../desk.ts";
import { deleteTarget } from "./delete-target.ts";
import { listDeliveries } from "./list-deliveries.ts";
import { listTargets } from "./list-targets.ts";
import { putTarget } from "./put-target.ts";
import { replay } from "./replay.ts";
import { rotateSecret } from "./rotate-secret.ts";
import { watchEvents } from "./watch-events.ts";

export function createEventService(desk: Desk): Implementation {
  return implement(EventServiceDefinition, {
    putTarget: putTarget(desk),
    deleteTarget: deleteTarget(desk),
    listTargets: listTargets(desk),
    rotateSecret: rotateSecret(desk),
    listDeliveries: listDeliveries(desk),
    replay: replay(desk),
    watchEvents: watchEvents(desk),
  });
}
