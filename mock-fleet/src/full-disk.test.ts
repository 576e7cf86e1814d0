// The disk fills up under a working fleet, and gets room again.
import { createMemoryJournal } from "@muster/journal";
import { createSeededRandom, systemClock } from "@muster/kit";
import { createVirtualClock } from "@muster/kit/testing";
import { createMemoryNetwork, type Implementation } from "@muster/proto/rpc";
import { type Log, silentLog } from "@muster/service";
import { expect, test } from "vitest";
import { createFleetWorld, player, startPlacementRequest } from "./fleet-world.ts";
import type { SimulatedHost } from "./simulated-host.ts";

test("a fleet on a full disk acknowledges nothing, loses nothing that a game was told, and goes on", async () => {
  const network = createMemoryNetwork({ clock: systemClock, random: createSeededRandom(1) });
  const serve = async (services: readonly Implementation[]) => ({
    listening: network.serve("fleet", services),
    network: network.from("elsewhere"),
  });
  const clock = createVirtualClock();
  let hasRoom = true;
  const journal = createMemoryJournal({ isFull: () => !hasRoom });
  const said: string[] = [];
  const say = (_: unknown, message: string) => {
    if (message.startsWith("The disk")) said.push(message);
  };
  const log: Log = { ...silentLog, error: say, info: say };
  const open = (survivors: readonly SimulatedHost[] = []) =>
    createFleetWorld({ journal, clock, serve, log, survivors, fleet: { processes: 2 } });
  const first = await open();
  const session = await first.place();
  const host = first.hostOf(session);

  hasRoom = false;
  const placing = first.fleet.startPlacement(startPlacementRequest({ placementId: "waits.1" }));
  const playerSessionId = session.playerSessions[0]?.playerSessionId ?? "";
  const seat = { playerSessionId, requestId: "r1", reconnectSecret: "", givenReconnectSecret: "" };
  const accepting = host.command({ $case: "acceptSeat", value: seat });
  while (said.length === 0) await clock.advance(10);
  const refused = first.fleet.startPlacement(startPlacementRequest({ placementId: "refused.1" }));
  await expect(refused).rejects.toMatchObject({ reason: "JOURNAL_FULL", retry: "backoff" });
  await expect(first.fill(session, { newcomers: [player("cleo", "red")] })).rejects.toMatchObject({
    reason: "JOURNAL_FULL",
  });
  await clock.advance(5_000);
  expect(first.hosts.flatMap((one) => one.started)).toHaveLength(1);

  hasRoom = true;
  await clock.advance(3_000);
  await placing;
  expect((await accepting).error).toBeUndefined();
  const describe = (placementId: string) => first.fleet.describePlacement({ placementId });
  while ((await describe("waits.1")).placement?.session === undefined) await clock.advance(10);
  await expect(describe("refused.1")).rejects.toMatchObject({ reason: "PLACEMENT_NOT_FOUND" });
  expect(first.fatal).toEqual([]);
  expect(said).toEqual([
    "The disk has no room: nothing is acknowledged until there is some",
    "The disk has room again: what waited is being written",
  ]);

  await first.crash();
  journal.crash();
  await using second = await open(first.hosts);
  for (const one of first.hosts) {
    one.attach();
    await one.until(() => one.welcomes.length === 2);
  }
  const seats = (await second.describe(session.battleSessionId)).playerSessions;
  expect(seats.find((one) => one.playerSessionId === playerSessionId)?.state).toBe("ACTIVE");
  expect((await second.fleet.describePlacement({ placementId: "waits.1" })).placement).toBeDefined();
});
