// Erasing a player over the matcher's own files: afterwards nothing in them names the player, and everybody else is untouched.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Journal, openSqliteJournal } from "@muster/journal";
import { createSeededRandom, systemClock, systemRandom } from "@muster/kit";
import { MusterError } from "@muster/proto";
import {
  BackfillServiceDefinition,
  MatchmakingServiceDefinition,
  noProperties,
  PlayerDataServiceDefinition,
} from "@muster/proto/matchmaking";
import { createMemoryNetwork } from "@muster/proto/rpc";
import { BackfillStrategy } from "@muster/proto/session";
import { silentLog } from "@muster/service";
import { expect, test } from "vitest";
import { createMatcher } from "./matcher.ts";
import { worldConfig } from "./matcher-world.fixture.ts";
import { createScriptedFleet } from "./scripted-fleet.fixture.ts";

const COMPLETED = 3;

/** A matcher on a file, with two players, `erased-erin` and `kept-ken`, whose battle has ended. */
async function openMatcherOnFile() {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "muster-matcher-"));
  opened.defer(() => rm(folder, { recursive: true }));
  const net = createMemoryNetwork({ clock: systemClock, random: createSeededRandom(1), delayMsMax: 1 });
  const fleet = createScriptedFleet(systemClock);
  net.serve("fleet", [fleet.service]);
  const peer = net.from("backend").connect("matcher");
  const matching = peer.client(MatchmakingServiceDefinition);
  const start = async (wrap: (journal: Journal) => Journal = (journal) => journal) => {
    const journal = openSqliteJournal(join(folder, "matcher.sqlite"));
    const matcher = await createMatcher({
      ...{ journal: wrap(journal), clock: systemClock, random: systemRandom, log: silentLog, config: worldConfig },
      ...{ network: net.from("matcher"), fleetAddress: "fleet", endpoint: "matcher", owner: "matcher", takeOver: true },
      onFatal: () => undefined, // A test takes its journal away.
    });
    net.serve("matcher", matcher.services);
    return {
      async [Symbol.asyncDispose]() {
        await journal[Symbol.asyncDispose]();
        net.breakNode("matcher");
        await matcher[Symbol.asyncDispose]().then(undefined, () => undefined);
      },
    };
  };
  const ticket = async (ticketId: string) => {
    const { tickets } = await matching.describeMatchingProgress({ ticketIds: [ticketId] });
    return tickets[0];
  };
  await using _first = await start();
  for (const [ticketId, playerId] of [
    ["t1", "erased-erin"],
    ["t2", "kept-ken"],
  ] as const) {
    const players = [{ playerId, attributes: {}, latenciesMs: { eu: 20 }, team: "" }];
    await matching.startMatching({ ...noProperties, configuration: "duel", ticketId, players });
  }
  await expect.poll(async () => (await ticket("t1"))?.state, { timeout: 10_000 }).toBe(COMPLETED);
  const closing = opened.move();
  return {
    folder,
    fleet,
    matching,
    start,
    ticket,
    backfill: peer.client(BackfillServiceDefinition),
    playerData: peer.client(PlayerDataServiceDefinition),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

/** Names of the files in `folder` that hold `text`. */
async function filesWith(folder: string, text: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  const contents = await Promise.all(names.map((name) => readFile(join(folder, name))));
  return names.filter((_, index) => contents[index]?.includes(text));
}

const erin = { playerId: "erased-erin" };
const patience = { timeout: 10_000 };

test("an erased player is in no file, answer or event of the matcher, and the others are as they were", async () => {
  await using world = await openMatcherOnFile();
  {
    await using _matcher = await world.start();
    await expect
      .poll(() => world.playerData.erasePlayer(erin).catch(({ reason }) => reason), patience)
      .toBe("PLAYER_SEATED");
    expect(await filesWith(world.folder, "erased-erin")).not.toEqual([]);
    world.fleet.end("GAME_ENDED");
    await expect.poll(() => world.playerData.erasePlayer(erin).catch(() => "refused"), patience).toEqual({});
    expect(await filesWith(world.folder, "erased-erin")).toEqual([]);
    expect(await filesWith(world.folder, "kept-ken")).not.toEqual([]);
    expect(await world.playerData.erasePlayer(erin), "again").toEqual({});
    expect(await world.playerData.erasePlayer({ playerId: "nobody" })).toEqual({});
  }
  await using _again = await world.start();
  expect(await world.ticket("t1")).toMatchObject({ state: COMPLETED, players: [{ playerId: "", latenciesMs: {} }] });
  const other = await world.ticket("t2");
  expect(other).toMatchObject({ state: COMPLETED, players: [{ playerId: "kept-ken", latenciesMs: { eu: 20 } }] });
  const seats = other?.assignment?.players.map(({ playerId, ticketId }) => `${playerId} ${ticketId}`);
  expect(seats?.toSorted()).toEqual([" t1", "kept-ken t2"]);
  expect(await filesWith(world.folder, "erased-erin")).toEqual([]);
}, 60_000);

/** `guest-gina` sits in a battle without a ticket of ours, and the request of its backfill names her. */
async function backfillGinas({ fleet, backfill }: Awaited<ReturnType<typeof openMatcherOnFile>>) {
  const { battleSessionId } = fleet.foreign({ red: ["guest-gina"], blue: ["kept-kim"] });
  const known = ["guest-gina", "kept-kim"].map((playerId) => ({ playerId, attributes: {}, latenciesMs: { eu: 30 } }));
  const asked = {
    ...{ battleSessionId, strategy: BackfillStrategy.MAX_POSSIBLE, addPlayers: {}, replace: false, requestId: "" },
    ...{ capability: "", seenRevision: 0, configuration: "equal", players: { players: known } },
  };
  await expect.poll(() => backfill.startBackfill(asked).then(() => "started", String), patience).toBe("started");
  return battleSessionId;
}
const gina = { playerId: "guest-gina" };

test("who was named by a backfill's request, and by fills of the battle, is in no file either once erased", async () => {
  await using world = await openMatcherOnFile();
  {
    await using _matcher = await world.start();
    const battleSessionId = await backfillGinas(world);
    for (const playerId of ["new-nora", "new-nick"]) {
      const players = [{ playerId, attributes: {}, latenciesMs: {}, team: "" }];
      await world.matching.startMatching({ ...noProperties, configuration: "equal", ticketId: playerId, players });
    }
    await expect.poll(async () => (await world.ticket("new-nora"))?.state, patience).toBe(COMPLETED);
    expect((await world.ticket("new-nora"))?.assignment).toMatchObject({ battleSessionId });
    await expect(world.playerData.erasePlayer(gina)).rejects.toMatchObject({ reason: "PLAYER_SEATED" });
    expect(await filesWith(world.folder, "guest-gina")).not.toEqual([]);
    world.fleet.leave("guest-gina");
    await expect.poll(() => world.playerData.erasePlayer(gina).catch(() => "refused"), patience).toEqual({});
    expect(await filesWith(world.folder, "guest-gina")).toEqual([]);
    expect(await filesWith(world.folder, "kept-kim")).not.toEqual([]);
  }
  await using _again = await world.start();
  const seats = (await world.ticket("new-nora"))?.assignment?.players.map(({ playerId }) => playerId);
  expect(seats?.toSorted()).toEqual(["", "kept-kim", "new-nick", "new-nora"]);
  expect(await filesWith(world.folder, "guest-gina")).toEqual([]);
}, 60_000);

test("a fill whose answer is late does not name again who has left and was erased meanwhile", async () => {
  await using world = await openMatcherOnFile();
  await using _matcher = await world.start();
  await backfillGinas(world);
  const late = Promise.withResolvers<void>();
  world.fleet.holdFillAnswers = late.promise;
  for (const playerId of ["new-nora", "new-nick"]) {
    const players = [{ playerId, attributes: {}, latenciesMs: {}, team: "" }];
    await world.matching.startMatching({ ...noProperties, configuration: "equal", ticketId: playerId, players });
  }
  await expect.poll(() => world.fleet.fills.length, patience).toBe(1);
  world.fleet.leave("guest-gina");
  await expect.poll(() => world.playerData.erasePlayer(gina).catch(() => "refused"), patience).toEqual({});
  late.resolve();
  await expect.poll(async () => (await world.ticket("new-nora"))?.state, patience).toBe(COMPLETED);
  const seats = (await world.ticket("new-nora"))?.assignment?.players.map(({ playerId }) => playerId);
  expect(seats?.toSorted()).toEqual(["kept-kim", "new-nick", "new-nora"]);
  expect(await filesWith(world.folder, "guest-gina")).toEqual([]);
}, 60_000);

test("an erasure that a run had begun is finished by the next", async () => {
  await using world = await openMatcherOnFile();
  world.fleet.end("GAME_ENDED");
  {
    const noRoom = new MusterError("JOURNAL_FULL", "Cannot erase as there is no room");
    const isStuck = (journal: Journal): Journal => ({ ...journal, eraseBodies: () => Promise.reject(noRoom) });
    await using _matcher = await world.start(isStuck);
    const stop = new AbortController();
    const attempt = async () => {
      const call = world.playerData.erasePlayer(erin, { signal: stop.signal });
      return await Promise.race([call.catch(({ reason }) => reason), systemClock.sleep(200).then(() => "begun")]);
    };
    await expect.poll(attempt, patience).toBe("begun");
    stop.abort();
  }
  await using _again = await world.start();
  await expect.poll(() => filesWith(world.folder, "erased-erin"), patience).toEqual([]);
  expect(await filesWith(world.folder, "kept-ken")).not.toEqual([]);
}, 60_000);

test("a player who waits for a match is not erased, and the refusal names the ticket", async () => {
  await using world = await openMatcherOnFile();
  await using _matcher = await world.start();
  const players = [{ ...erin, attributes: {}, latenciesMs: {}, team: "" }];
  await world.matching.startMatching({ ...noProperties, configuration: "duel", ticketId: "t3", players });
  await expect(world.playerData.erasePlayer(erin)).rejects.toMatchObject({
    ...{ reason: "PLAYER_IN_LIVE_TICKET", code: "FAILED_PRECONDITION" },
    metadata: { ...erin, ticketId: "t3" },
  });
  await expect(world.playerData.erasePlayer({ playerId: "" })).rejects.toMatchObject({ reason: "ID_MALFORMED" });
}, 60_000);
