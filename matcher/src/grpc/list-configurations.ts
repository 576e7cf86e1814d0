import type { ConfigurationServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { writeHeldConfiguration } from "./configuration-wire.ts";
import type { Desk } from "./desk.ts";

export function listConfigurations(desk: Desk): Handlers<ConfigurationServiceDefinition>["listConfigurations"] {
  return async () => {
    const configurations = await desk.ledger.read((state) => [...state.configurations.values()]);
    const byName = configurations.toSorted((one, other) => (one.name < other.name ? -1 : 1));
    return { configurations: byName.map(writeHeldConfiguration) };
  };
}
