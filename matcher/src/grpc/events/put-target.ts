import type { EventServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { getConfiguration } from "../../core/start-matching.ts";
import type { Desk } from "../desk.ts";
import { getOutbox, readEventTarget, readSecret, writeTargetStatus } from "./event-wire.ts";

export function putTarget(desk: Desk): Handlers<EventServiceDefinition>["putTarget"] {
  return async (message) => {
    const settings = readEventTarget(message.target);
    const secret = readSecret(message.secret);
    for (const name of settings.configurations) getConfiguration(desk.ledger.state, name);
    const { status, drawnSecret } = await getOutbox(desk.outbox).putTarget(settings, secret);
    const matchToken = settings.matchTokens ? status.target.matchTokens[0]?.token : undefined;
    return { status: writeTargetStatus(status), secret: drawnSecret ?? "", matchToken: matchToken ?? "" };
  };
}
