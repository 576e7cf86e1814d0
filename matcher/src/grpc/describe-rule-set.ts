import { parseId } from "@muster/proto";
import type { ConfigurationServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { ruleSetNotFound, usersOf } from "../core/delete-configuration.ts";
import type { Desk } from "./desk.ts";
import { writeRuleSet } from "./rule-set-wire.ts";

export function describeRuleSet(desk: Desk): Handlers<ConfigurationServiceDefinition>["describeRuleSet"] {
  return async (request) => {
    const name = parseId("name", request.name);
    const ruleSet = await desk.ledger.read((state) => {
      const held = state.ruleSets.get(name);
      return held && writeRuleSet(name, held, usersOf(state, name));
    });
    if (!ruleSet) throw ruleSetNotFound(name);
    return { ruleSet };
  };
}
