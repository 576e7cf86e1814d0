import { parseId } from "@muster/proto";
import type { ConfigurationServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { configurationNotFound } from "../core/start-matching.ts";
import { writeHeldConfiguration } from "./configuration-wire.ts";
import type { Desk } from "./desk.ts";

export function describeConfiguration(desk: Desk): Handlers<ConfigurationServiceDefinition>["describeConfiguration"] {
  return async (request) => {
    const name = parseId("name", request.name);
    const held = await desk.ledger.read((state) => state.configurations.get(name));
    if (!held) throw configurationNotFound(name);
    return { configuration: writeHeldConfiguration(held) };
  };
}
