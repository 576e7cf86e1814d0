// Sessions that no matcher asked for, taken on by one: who hears of them then, and where the game's backfill commands go.
import { createHmac } from "node:crypto";
import { createMemoryJournal } from "@muster/journal";
import { expect, test } from "vitest";
import { createFleetWorld, type FleetWorld, player } from "../fleet-world.ts";

const capabilityKey = new Uint8Array(32).fill(7);

function adopt(world: FleetWorld, battleSessionId: string, more: object = {}) {
  const request = { battleSessionId, owner: "matcher2", matcherEndpoint: "127.0.0.1:7419", capabilityKey };
  return world.fleet.adoptSession({ ...request, ...more });
}

const place = (world: FleetWorld) =>
  world.place({ owner: "backend", matcherEndpoint: "", capabilityKey: new Uint8Array(), configuration: "" });

test("a session that is adopted is told of to its matcher, whole and in changes, and no more to who asked for it", async () => {
  await using world = await createFleetWorld();
  const { battleSessionId } = await place(world);
  const watched: string[] = [];
  const watch = world.fleet.watchSessions({ owner: "matcher2", resumeToken: "" });
  const heard = (async () => {
    for await (const { event } of watch) {
      if (event) watched.push(event.$case);
      if (event?.$case === "sessionChange") return event.value.revision;
    }
    return undefined;
  })();
  await world.seeEvent(({ event }) => event?.$case === "snapshotEnd", { owner: "matcher2" });
  const { session } = await adopt(world, battleSessionId);
  expect(session).toMatchObject({ battleSessionId, state: 2 });
  await world.fill(await world.describe(battleSessionId), { newcomers: [player("cleo", "red")] });
  expect(await heard).toBe((session?.revision ?? 0) + 1);
  expect(watched.filter((word) => word !== "heartbeat")).toContain("session");
  await world.seeEvent(({ event }) => event?.$case === "session", { owner: "matcher2" }); // A snapshot has it too.
});

test("the game's sidecar learns where backfill commands go, and what they present", async () => {
  await using world = await createFleetWorld();
  const placed = await place(world);
  const { battleSessionId, processId, incarnation } = placed;
  const host = world.hostOf(placed);
  expect(host.started.at(-1)).toMatchObject({ matcherEndpoint: "", capability: "" });
  await adopt(world, battleSessionId);
  await host.until(() => host.started.length === 2);
  const what = `${battleSessionId}:${processId}:${incarnation}`;
  const capability = createHmac("sha256", capabilityKey).update(what).digest("base64url");
  expect(host.started.at(-1)).toMatchObject({ matcherEndpoint: "127.0.0.1:7419", capability });
  await adopt(world, battleSessionId); // The same again changes nothing, and so does another secret: the first counts.
  const other = await adopt(world, battleSessionId, { capabilityKey: new Uint8Array(32).fill(8) });
  expect(new Uint8Array(other.capabilityKey)).toEqual(capabilityKey);
  await adopt(world, battleSessionId, { matcherEndpoint: "127.0.0.1:7420", capabilityKey: new Uint8Array(32).fill(9) });
  await host.until(() => host.started.length === 3);
  expect(host.started.at(-1)).toMatchObject({ matcherEndpoint: "127.0.0.1:7420", capability });
});

test("a sidecar that is told of it hears nothing of the session that could still be lost", async () => {
  let writeMs = 0;
  await using world = await createFleetWorld({ journal: createMemoryJournal({ writeMs: () => writeMs }) });
  const placed = await place(world);
  const { battleSessionId, revision } = placed;
  const host = world.hostOf(placed);
  writeMs = 50;
  const adopted = adopt(world, battleSessionId);
  const [seat] = placed.playerSessions;
  const left = host.command({ $case: "removeSeat", value: { playerSessionId: seat?.playerSessionId ?? "" } });
  await Promise.all([adopted, left]);
  await host.until(() => host.started.length === 2);
  const startedAt = host.started.at(-1)?.session?.revision ?? 0;
  // Either the seat was freed before, and the change was told then, or it was not, and the change comes after it.
  expect(host.seen.filter((one) => one === `${battleSessionId} ${revision + 1}`)).toHaveLength(
    startedAt === revision ? 1 : 2,
  );
});

test("a sidecar that was away meanwhile learns of it when it is back, though no revision tells", async () => {
  await using world = await createFleetWorld();
  const placed = await place(world);
  const host = world.hostOf(placed);
  host.detach();
  await adopt(world, placed.battleSessionId);
  const known = { battleSessionId: placed.battleSessionId, revision: placed.revision };
  host.attach({ knownSessions: [{ ...known, matcherEndpoint: "" }] });
  await host.until(() => host.started.length === 2);
  expect(host.started.at(-1)).toMatchObject({ matcherEndpoint: "127.0.0.1:7419" });
});

const refusals = [
  { name: "a session that there is not", more: { battleSessionId: "bs_no" }, reason: "SERVER_SESSION_NOT_FOUND" },
  { name: "a secret of another length", more: { capabilityKey: new Uint8Array(31) }, reason: "FIELD_INVALID" },
  { name: "no address of the matcher", more: { matcherEndpoint: "" }, reason: "FIELD_INVALID" },
  { name: "an empty owner", more: { owner: "" }, reason: "ID_MALFORMED" },
];
for (const { name, more, reason } of refusals) {
  test(`AdoptSession refuses ${name}`, async () => {
    await using world = await createFleetWorld();
    const { battleSessionId } = await place(world);
    await expect(adopt(world, battleSessionId, more)).rejects.toMatchObject({ reason });
  });
}

test("AdoptSession refuses a session of another matcher, and one that is over", async () => {
  await using world = await createFleetWorld();
  const theirs = await world.place();
  await expect(adopt(world, theirs.battleSessionId)).rejects.toMatchObject({ reason: "NOT_PERMITTED" });
  const { battleSessionId } = await place(world);
  await world.fleet.terminateServerSession({ battleSessionId });
  await world.seeSession(battleSessionId, ({ state }) => state === "TERMINATED");
  await expect(adopt(world, battleSessionId)).rejects.toMatchObject({ reason: "SESSION_NOT_ACTIVE" });
});
