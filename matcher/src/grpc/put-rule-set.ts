import { parseId } from "@muster/proto";
import type { ConfigurationServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { decidePutRuleSet } from "../core/put-configuration.ts";
import { decide } from "../workshop.ts";
import type { Desk } from "./desk.ts";

export function putRuleSet(desk: Desk): Handlers<ConfigurationServiceDefinition>["putRuleSet"] {
  return async ({ name, document }) => {
    const ruleSet = { name: parseId("name", name), document };
    await decide(desk, (state) => ({ facts: decidePutRuleSet(state, ruleSet), reply: undefined }));
    return {};
  };
}
