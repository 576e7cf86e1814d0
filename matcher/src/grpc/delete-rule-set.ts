import { parseId } from "@muster/proto";
import type { ConfigurationServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { decideDeleteRuleSet } from "../core/delete-configuration.ts";
import { decide } from "../workshop.ts";
import type { Desk } from "./desk.ts";

export function deleteRuleSet(desk: Desk): Handlers<ConfigurationServiceDefinition>["deleteRuleSet"] {
  return async ({ name, expectedVersion }) => {
    const deletion = { name: parseId("name", name), expectedVersion: expectedVersion || undefined };
    await decide(desk, (state) => ({ facts: decideDeleteRuleSet(state, deletion), reply: undefined }));
    return {};
  };
}
