// Erasing a player over the fleet's own files: afterwards nothing in them names the player, and everybody else is untouched.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Journal, openSqliteJournal } from "@muster/journal";
import { createSeededRandom, systemClock } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { createMemoryNetwork, type Implementation } from "@muster/proto/rpc";
import { expect, test } from "vitest";
import { createFleetWorld, player, startPlacementRequest } from "./fleet-world.ts";

async function stage() {
  const stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "muster-fleet-"));
  stack.defer(() => rm(folder, { recursive: true }));
  const network = createMemoryNetwork({ clock: systemClock, random: createSeededRandom(1) });
  const serve = async (services: readonly Implementation[]) => ({
    listening: network.serve("fleet", services),
    network: network.from("elsewhere"),
  });
  const open = (wrap: (journal: Journal) => Journal = (journal) => journal) => {
    const journal = stack.use(openSqliteJournal(join(folder, "fleet.sqlite")));
    return createFleetWorld({ journal: wrap(journal), serve, fleet: { processes: 1 } });
  };
  const filesWith = async (text: string) => {
    const names = await readdir(folder);
    const contents = await Promise.all(names.map((name) => readFile(join(folder, name))));
    return names.filter((_, index) => contents[index]?.includes(text));
  };
  return { open, filesWith, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const erin = { playerId: "erased-erin" };
const players = [{ ...player(erin.playerId, "red"), ticketId: "t1" }, player("kept-ken", "blue")];
const patience = { timeout: 20_000 };

test("an erased player is in no file of the fleet, over a restart too, and the others are as they were", async () => {
  await using stand = await stage();
  const first = await stand.open();
  const session = await first.place({ placementId: "played.1", players });
  const host = first.hostOf(session);
  const [erinsSeat] = session.playerSessions;
  const accept = { requestId: "r1", reconnectSecret: "", givenReconnectSecret: "" };
  const playerSessionId = erinsSeat?.playerSessionId ?? "";
  await host.command({ $case: "acceptSeat", value: { playerSessionId, ...accept } });
  await expect(first.fleet.erasePlayer(erin)).rejects.toMatchObject({
    ...{ reason: "PLAYER_SEATED", code: "FAILED_PRECONDITION" },
    metadata: { ...erin, battleSessionId: session.battleSessionId },
  });
  await host.command({ $case: "removeSeat", value: { playerSessionId } });
  expect(await stand.filesWith(erin.playerId)).not.toEqual([]);
  expect(await first.fleet.erasePlayer(erin)).toEqual({});
  expect(await stand.filesWith(erin.playerId)).toEqual([]);
  expect(await stand.filesWith("kept-ken")).not.toEqual([]);
  expect(await first.fleet.erasePlayer(erin), "again").toEqual({});
  await first[Symbol.asyncDispose]();

  await using second = await stand.open();
  expect((await second.describe(session.battleSessionId)).endCause).toBe("PROCESS_ENDED");
  const repeat = startPlacementRequest({ placementId: "played.1", players });
  await expect(second.fleet.startPlacement(repeat)).rejects.toMatchObject({ reason: "ID_REUSED" }); // Another match id.
  expect((await second.fleet.describePlacement({ placementId: "played.1" })).placement?.state).toBe(2);
  expect(await stand.filesWith(erin.playerId)).toEqual([]);
});

test("who was brought without a matcher, into a battle that one has taken on since, is in no file either once erased", async () => {
  await using stand = await stage();
  await using world = await stand.open();
  const nobodys = { owner: "backend", matcherEndpoint: "", capabilityKey: new Uint8Array(), configuration: "" };
  const session = await world.place({ placementId: "played.1", ...nobodys });
  const { battleSessionId } = session;
  await world.fleet.adoptSession({
    ...{ battleSessionId, owner: "matcher2", matcherEndpoint: "127.0.0.1:7419" },
    capabilityKey: new Uint8Array(32).fill(7),
  });
  const guests = { requestId: "r1", battleSessionId, players: [{ ...player("guest-gina", "red"), ticketId: "" }] };
  const { rosterVersion } = await world.describe(battleSessionId);
  const seated = await world.fleet.createPlayerSessions({ ...guests, expectedRosterVersion: rosterVersion });
  const seat = seated.session?.playerSessions.find(({ playerId }) => playerId === "guest-gina");
  await world.fill(await world.describe(battleSessionId), { newcomers: [player("cleo", "blue")] });
  await world.hostOf(session).command({ $case: "removeSeat", value: { playerSessionId: seat?.playerSessionId ?? "" } });
  expect(await stand.filesWith("guest-gina")).not.toEqual([]);
  expect(await world.fleet.erasePlayer({ playerId: "guest-gina" })).toEqual({});
  expect(await stand.filesWith("guest-gina")).toEqual([]);
  expect(await stand.filesWith("cleo")).not.toEqual([]);
});

test("an erasure that a run had begun is finished by the next", async () => {
  await using stand = await stage();
  const noRoom = new MusterError("JOURNAL_FULL", "Cannot erase as there is no room");
  const first = await stand.open((journal) => ({ ...journal, eraseBodies: () => Promise.reject(noRoom) }));
  const session = await first.place({ players });
  await first.hostOf(session).command({ $case: "endSession", value: { battleSessionId: session.battleSessionId } });
  const stop = new AbortController();
  const begun = first.fleet.erasePlayer(erin, { signal: stop.signal });
  await expect
    .poll(async () => (await first.fleet.erasePlayer({ playerId: "" }).catch(({ reason }) => reason)) as string)
    .toBe("ID_MALFORMED");
  await first.seeEvent(({ event }) => event?.$case === "snapshotEnd");
  stop.abort();
  await expect(begun).rejects.toBeInstanceOf(Error);
  await first[Symbol.asyncDispose]();
  expect(await stand.filesWith(erin.playerId)).not.toEqual([]);

  await using _second = await stand.open();
  await expect.poll(() => stand.filesWith(erin.playerId), patience).toEqual([]);
  expect(await stand.filesWith("kept-ken")).not.toEqual([]);
});
