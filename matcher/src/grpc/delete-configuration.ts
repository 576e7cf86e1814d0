import { parseId } from "@muster/proto";
import type { ConfigurationServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { decideDeleteConfiguration } from "../core/delete-configuration.ts";
import { decide } from "../workshop.ts";
import type { Desk } from "./desk.ts";

export function deleteConfiguration(desk: Desk): Handlers<ConfigurationServiceDefinition>["deleteConfiguration"] {
  return async ({ name, expectedVersion }, { signal }) => {
    const deletion = { name: parseId("name", name), expectedVersion: expectedVersion || undefined };
    const { cancelledAtOnceMax } = desk;
    await decide(desk, (state) => {
      return { facts: decideDeleteConfiguration(state, deletion, cancelledAtOnceMax), reply: undefined };
    });
    const { pools, configurations } = desk.ledger.state;
    // Who is told that it is gone finds nobody who still searches by it.
    while (!configurations.has(deletion.name) && (pools.get(deletion.name)?.searching.size ?? 0) > 0) {
      await desk.committed.next(signal);
    }
    // The last of them have been folded in by now, and may not be durable yet.
    await desk.ledger.read(() => undefined);
    return {};
  };
}
