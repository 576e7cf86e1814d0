import { limits, MusterError } from "@muster/proto";
import { type ConfigurationServiceDefinition, ListConfigurationsResponse } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import type { Configuration } from "../core/configuration.ts";
import { decidePutConfiguration } from "../core/put-configuration.ts";
import type { HeldConfiguration } from "../core/versions.ts";
import { decideAndShow } from "../workshop.ts";
import { readConfiguration, writeHeldConfiguration } from "./configuration-wire.ts";
import type { Desk } from "./desk.ts";
import { readNewTicketsOnly } from "./rule-set-wire.ts";

export function putConfiguration(desk: Desk): Handlers<ConfigurationServiceDefinition>["putConfiguration"] {
  return async ({ configuration: message, expectedVersion, appliesTo }) => {
    const configuration = readConfiguration(message);
    const newTicketsOnly = readNewTicketsOnly(appliesTo);
    const decision = (state: Desk["ledger"]["state"]) => {
      checkListable(state.configurations, configuration);
      return decidePutConfiguration(state, configuration, { expectedVersion, newTicketsOnly });
    };
    const version = await decideAndShow(desk, decision, ({ configurations }) => {
      return configurations.get(configuration.name)?.version ?? 0;
    });
    return { version };
  };
}

/** @throws {MusterError} MESSAGE_TOO_LARGE if ListConfigurations could never answer again. */
function checkListable(present: ReadonlyMap<string, HeldConfiguration>, added: Configuration): void {
  const after = new Map(present).set(added.name, {
    ...added,
    version: Number.MAX_SAFE_INTEGER,
    putAtWallMs: 0,
    fromArrival: 1,
    older: [],
  });
  const answer = { configurations: [...after.values()].map(writeHeldConfiguration) };
  const bytes = ListConfigurationsResponse.encode(answer).finish().length;
  if (bytes <= limits.MESSAGE_BYTES_MAX) return;
  const why = `Cannot put the configuration as all of them must fit a message of ${limits.MESSAGE_BYTES_MAX} bytes: they have ${bytes}`;
  throw new MusterError("MESSAGE_TOO_LARGE", why, { metadata: { limit: String(limits.MESSAGE_BYTES_MAX) } });
}
