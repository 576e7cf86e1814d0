import { parseId } from "@muster/proto";
import type { EventServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import type { Desk } from "../desk.ts";
import { getOutbox, readOverlap, readSecret } from "./event-wire.ts";

export function rotateSecret(desk: Desk): Handlers<EventServiceDefinition>["rotateSecret"] {
  return async (message) => {
    const name = parseId<never>("name", message.name);
    const rotation = { secret: readSecret(message.secret), overlapMs: readOverlap(message.overlapSeconds) };
    const { target, drawnSecret } = await getOutbox(desk.outbox).rotateSecret(name, rotation);
    const matchToken = target.settings.matchTokens ? target.matchTokens[0]?.token : undefined;
    return { secret: drawnSecret ?? "", matchToken: matchToken ?? "" };
  };
}
