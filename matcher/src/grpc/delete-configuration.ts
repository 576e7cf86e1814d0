import { parseId } from "@muster/proto";
import type { ConfigurationServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { decideDeleteConfiguration } from "../core/delete-configuration.ts";
import { decide } from "../workshop.ts";
import type { Desk } from "./desk.ts";

export function deleteConfiguration(desk: Desk): Handlers<ConfigurationServiceDefinition>["deleteConfiguration"] {
  return async ({ name, expectedVersion }) => {
    const deletion = { name: parseId("name", name), expectedVersion: expectedVersion || undefined };
    await decide(desk, (state) => ({ facts: decideDeleteConfiguration(state, deletion), reply: undefined }));
    return {};
  };
}
