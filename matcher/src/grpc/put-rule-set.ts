import { parseId } from "@muster/proto";
import type { ConfigurationServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { decidePutRuleSet } from "../core/put-configuration.ts";
import { decideAndShow } from "../workshop.ts";
import type { Desk } from "./desk.ts";
import { readNewTicketsOnly } from "./rule-set-wire.ts";

export function putRuleSet(desk: Desk): Handlers<ConfigurationServiceDefinition>["putRuleSet"] {
  return async ({ name, document, expectedVersion, appliesTo }) => {
    const ruleSet = {
      name: parseId("name", name),
      document,
      expectedVersion,
      newTicketsOnly: readNewTicketsOnly(appliesTo),
    };
    const version = await decideAndShow(
      desk,
      (state) => decidePutRuleSet(state, ruleSet),
      ({ ruleSets }) => ruleSets.get(ruleSet.name)?.version ?? 0,
    );
    return { version };
  };
}
