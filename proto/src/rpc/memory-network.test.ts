import { createSeededRandom, systemClock } from "@muster/kit";
import { expect, test } from "vitest";
import { BackfillServiceDefinition } from "../messages/matchmaking.ts";
import { createMemoryNetwork } from "./memory-network.ts";
import { describeNetwork } from "./network.suite.ts";

describeNetwork("createMemoryNetwork()", async (services) => {
  const memory = createMemoryNetwork({ clock: systemClock, random: createSeededRandom(1) });
  const server = memory.serve("server", services);
  return {
    network: memory.from("caller"),
    address: "server",
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});

test("createMemoryNetwork() fails calls over a cut link until it heals", async () => {
  const memory = createMemoryNetwork({ clock: systemClock, random: createSeededRandom(1) });
  memory.serve("server", []);
  const client = memory.from("caller").connect("server").client(BackfillServiceDefinition);
  const request = { battleSessionId: "bs_1", capability: "" };
  memory.cut({ a: "server", b: "caller" });
  await expect(client.describeBackfill(request)).rejects.toMatchObject({ reason: "PEER_UNREACHABLE" });
  memory.heal();
  await expect(client.describeBackfill(request)).rejects.toMatchObject({ reason: "METHOD_UNKNOWN" });
});
