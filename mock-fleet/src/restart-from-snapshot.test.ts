// The fleet dies as by kill -9 and starts again from a snapshot in SQLite, whose records it has forgotten: everything is as it
// was. What a restart keeps is tried in restart.test.ts; here, that it is kept in a snapshot as well.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteJournal } from "@muster/journal";
import { type Clock, createSeededRandom, systemClock } from "@muster/kit";
import { createVirtualClock } from "@muster/kit/testing";
import type { BattleSession } from "@muster/proto";
import { createMemoryNetwork, type Implementation } from "@muster/proto/rpc";
import { expect, test } from "vitest";
import {
  createFleetWorld,
  type FleetWorld,
  type FleetWorldOptions,
  player,
  startPlacementRequest,
} from "./fleet-world.ts";
import type { SimulatedHost } from "./simulated-host.ts";

async function stage() {
  const stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "muster-fleet-"));
  stack.defer(() => rm(folder, { recursive: true }));
  const network = createMemoryNetwork({ clock: systemClock, random: createSeededRandom(1) });
  const clock = createVirtualClock();
  // The pauses of nothing within a snapshot pass by themselves.
  const sleep: Clock["sleep"] = (delayMs, signal) => (delayMs === 0 ? systemClock : clock).sleep(delayMs, signal);
  const serve = async (services: readonly Implementation[]) => ({
    listening: network.serve("fleet", services),
    network: network.from("elsewhere"),
  });
  /** The fleet on the file as it is now; every few facts it writes a snapshot and forgets them. */
  const open = async (options: FleetWorldOptions = {}): Promise<FleetWorld> => {
    const journal = stack.use(openSqliteJournal(join(folder, "fleet.sqlite")));
    return createFleetWorld({
      ...{ journal, clock: { nowMs: clock.nowMs, wallMs: clock.wallMs, sleep }, serve, snapshotEveryFacts: 5 },
      ...options,
      fleet: { processes: 1, ...options.fleet },
    });
  };
  /** Facts until nothing of what came before is a record any more. */
  const outlive = async (world: FleetWorld) => {
    const journal = stack.use(openSqliteJournal(join(folder, "fleet.sqlite")));
    const before = await newest(journal);
    while ((await firstKept(journal)) <= before) {
      const { placementId } = startPlacementRequest();
      await world.fleet.startPlacement(startPlacementRequest({ placementId }));
      await world.fleet.stopPlacement({ placementId });
      await clock.advance(1);
    }
  };
  return { clock, open, outlive, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

type Reading = Pick<ReturnType<typeof openSqliteJournal>, "read">;

async function newest(journal: Reading): Promise<number> {
  let sequence = 0;
  for await (const record of journal.read("fleet", 1)) sequence = record.sequence;
  return sequence;
}

async function firstKept(journal: Reading): Promise<number> {
  for await (const record of journal.read("fleet", 1)) return record.sequence;
  return Number.POSITIVE_INFINITY;
}

const accept = (host: SimulatedHost, session: BattleSession, more: { requestId: string; reconnectSecret?: string }) =>
  host.command({
    $case: "acceptSeat",
    value: {
      playerSessionId: session.playerSessions[0]?.playerSessionId ?? "",
      ...{ reconnectSecret: "", givenReconnectSecret: "", ...more },
    },
  });

test("sessions, seats with their secrets, fills and commands outlive the records that made them", async () => {
  await using stand = await stage();
  const first = await stand.open();
  const session = await first.place();
  const host = first.hostOf(session);
  const accepted = await accept(host, session, { requestId: "r1" });
  const secret = accepted.acceptedSeat?.reconnectSecret ?? "";
  const filled = await first.fill(await first.describe(session.battleSessionId), {
    fillId: "kept",
    newcomers: [player("cleo", "red")],
  });
  const command = {
    $case: "disconnectSeat",
    value: { playerSessionId: session.playerSessions[0]?.playerSessionId ?? "" },
  } as const;
  const disconnected = await host.command(command, "kept");
  const before = await first.describe(session.battleSessionId);
  await stand.outlive(first);
  await first.crash();

  await using second = await stand.open({ survivors: [host] });
  expect(await second.describe(session.battleSessionId)).toEqual(before);
  host.attach();
  await host.until(() => host.welcomes.length === 2);
  expect(second.launches).toEqual([]);
  expect(host.started.length).toBe(1);
  const fill = { fillId: "kept", newcomers: [player("cleo", "red")], expectedRosterVersion: filled.rosterVersion - 1 };
  expect(await second.fill(session, fill)).toEqual(filled);
  await expect(second.fill(session, { ...fill, newcomers: [player("dora", "red")] })).rejects.toMatchObject({
    reason: "ID_REUSED",
  });
  expect(await host.command(command, "kept")).toEqual(disconnected);
  expect((await accept(host, session, { requestId: "r2", reconnectSecret: "guessed" })).error?.reason).toBe(
    "RECONNECT_SECRET_WRONG",
  );
  expect(
    (await accept(host, session, { requestId: "r1", reconnectSecret: secret })).acceptedSeat?.reconnectSecret,
  ).toBe(secret);
  expect((await accept(host, session, { requestId: "r3", reconnectSecret: secret })).error).toBeUndefined();
});

test("a reservation runs out when it would have", async () => {
  await using stand = await stage();
  const settings = { hostSilentAfterMs: 600_000, hostLostAfterMs: 3_600_000 };
  const first = await stand.open({ settings });
  const session = await first.place();
  const host = first.hostOf(session);
  await stand.outlive(first);
  await first.crash();

  await using second = await stand.open({ settings, survivors: [host] });
  host.attach();
  await host.until(() => host.welcomes.length === 2);
  const expiresInMs = (session.playerSessions[0]?.expiresAtMs ?? 0) - stand.clock.wallMs();
  await stand.clock.advance(expiresInMs - 100);
  expect((await second.describe(session.battleSessionId)).playerSessions.length).toBe(2);
  await stand.clock.advance(200);
  expect((await second.describe(session.battleSessionId)).playerSessions).toEqual([]);
});

test("placements are what they were, pending ones in their order", async () => {
  await using stand = await stage();
  const first = await stand.open();
  const session = await first.place({ placementId: "fulfilled.1" });
  const host = first.hostOf(session);
  for (const placementId of ["waits.1", "waits.2"]) {
    await first.fleet.startPlacement(startPlacementRequest({ placementId, players: [player(placementId, "red")] }));
  }
  await stand.outlive(first);
  await first.crash();

  await using second = await stand.open({ survivors: [host] });
  host.attach();
  await host.until(() => host.welcomes.length === 2);
  const stateOf = async (placementId: string) =>
    (await second.fleet.describePlacement({ placementId })).placement?.state;
  expect([await stateOf("fulfilled.1"), await stateOf("waits.1"), await stateOf("waits.2")]).toEqual([2, 1, 1]);
  await host.command({ $case: "endSession", value: { battleSessionId: session.battleSessionId } });
  await host.until(() => [...host.sessions.values()].some((one) => one.state === "ACTIVE" && one.revision > 1));
  expect([await stateOf("waits.1"), await stateOf("waits.2")]).toEqual([2, 1]);
});

test("a watch resumes after the snapshot, and starts anew from before it", async () => {
  await using stand = await stage();
  const first = await stand.open();
  const session = await first.place();
  const host = first.hostOf(session);
  const { resumeToken: old } = await first.seeEvent(({ event }) => event?.$case === "snapshotEnd");
  await stand.outlive(first);
  const { resumeToken } = await first.seeEvent(({ event }) => event?.$case === "snapshotEnd");
  await first.crash();

  await using second = await stand.open({ survivors: [host], snapshotEveryFacts: 1_000 });
  host.attach();
  await host.until(() => host.welcomes.length === 2);
  await expect(second.seeEvent(() => true, { resumeToken: old })).rejects.toMatchObject({ reason: "CURSOR_EXPIRED" });
  const next = second.seeEvent(({ event }) => event?.$case === "sessionChange", { resumeToken });
  await second.fill(session, { newcomers: [player("cleo", "red")] });
  expect((await next).event).toMatchObject({ value: { added: [{ playerId: "cleo" }] } });
});
