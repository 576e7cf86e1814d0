import type { ConfigurationServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { usersByRuleSet } from "../core/delete-configuration.ts";
import type { Desk } from "./desk.ts";
import { writeRuleSet } from "./rule-set-wire.ts";

export function listRuleSets(desk: Desk): Handlers<ConfigurationServiceDefinition>["listRuleSets"] {
  return async () => {
    const ruleSets = await desk.ledger.read((state) => {
      const users = usersByRuleSet(state);
      return [...state.ruleSets].map(([name, held]) => {
        return writeRuleSet(name, { ...held, document: "" }, users.get(name) ?? []);
      });
    });
    return { ruleSets: ruleSets.toSorted((one, other) => (one.name < other.name ? -1 : 1)) };
  };
}
