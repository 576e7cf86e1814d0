import { limits, MusterError } from "@muster/proto";
import { type ConfigurationServiceDefinition, ListConfigurationsResponse } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import type { Configuration } from "../core/configuration.ts";
import { decidePutConfiguration } from "../core/put-configuration.ts";
import { decide } from "../workshop.ts";
import type { Desk } from "./desk.ts";
import { readConfiguration, writeConfiguration } from "./wire.ts";

export function putConfiguration(desk: Desk): Handlers<ConfigurationServiceDefinition>["putConfiguration"] {
  return async (message) => {
    const configuration = readConfiguration(message.configuration);
    await decide(desk, (state) => {
      checkListable([...new Map(state.configurations).set(configuration.name, configuration).values()]);
      return { facts: decidePutConfiguration(state, configuration), reply: undefined };
    });
    return {};
  };
}

/** @throws {MusterError} MESSAGE_TOO_LARGE if ListConfigurations could never answer again. */
function checkListable(configurations: readonly Configuration[]): void {
  const answer = { configurations: configurations.map(writeConfiguration) };
  const bytes = ListConfigurationsResponse.encode(answer).finish().length;
  if (bytes <= limits.MESSAGE_BYTES_MAX) return;
  const why = `Cannot put the configuration as all of them must fit a message of ${limits.MESSAGE_BYTES_MAX} bytes: they have ${bytes}`;
  throw new MusterError("MESSAGE_TOO_LARGE", why, { metadata: { limit: String(limits.MESSAGE_BYTES_MAX) } });
}
