import type { ConfigurationServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { decidePutConfiguration } from "../core/put-configuration.ts";
import { record } from "../workshop.ts";
import type { Desk } from "./desk.ts";
import { readConfiguration } from "./wire.ts";

export function putConfiguration(desk: Desk): Handlers<ConfigurationServiceDefinition>["putConfiguration"] {
  return async (message) => {
    const configuration = readConfiguration(message.configuration);
    await record(desk, (state) => decidePutConfiguration(state, configuration));
    return {};
  };
}
