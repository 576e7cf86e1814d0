// Again and again the journal is taken from a working matcher, on a real file, with a snapshot and a compaction every few facts:
// every ticket that was acknowledged has one outcome, and a watch that resumes hears each event once.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteJournal } from "@muster/journal";
import { createSeededRandom, systemClock, systemRandom } from "@muster/kit";
import { MatchmakingServiceDefinition, noProperties, type WatchTicketsResponse } from "@muster/proto/matchmaking";
import { createMemoryNetwork } from "@muster/proto/rpc";
import { silentLog } from "@muster/service";
import { expect, test } from "vitest";
import { createMatcher } from "./matcher.ts";
import { worldConfig } from "./matcher-world.fixture.ts";
import { createScriptedFleet } from "./scripted-fleet.fixture.ts";

const COMPLETED = 3;
const LIVES = 8;
const PLAYERS_PER_LIFE = 12;
/** A busy machine takes its time. */
const patience = { timeout: 20_000 };

test("a matcher that loses its process again and again finishes what it began, each thing once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "muster-matcher-"));
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => rm(folder, { recursive: true }));
  const net = createMemoryNetwork({ clock: systemClock, random: createSeededRandom(3), delayMsMax: 2 });
  const fleet = createScriptedFleet(systemClock);
  net.serve("fleet", [fleet.service]);
  const matching = net.from("backend").connect("matcher").client(MatchmakingServiceDefinition);
  const start = async () => {
    const journal = openSqliteJournal(join(folder, "matcher.sqlite"));
    const matcher = await createMatcher({
      ...{ journal, clock: systemClock, random: systemRandom, log: silentLog },
      ...{ network: net.from("matcher"), fleetAddress: "fleet", endpoint: "matcher", owner: "matcher" },
      ...{ config: worldConfig, takeOver: true, snapshotEveryFacts: 5 },
      onFatal: () => undefined, // Its journal is taken away on purpose.
    });
    net.serve("matcher", matcher.services);
    return { journal, matcher };
  };
  const watched: WatchTicketsResponse[] = [];
  const watch = async (signal: AbortSignal) => {
    const request = { ticketIds: [], configuration: "auto", resumeToken: watched.at(-1)?.resumeToken ?? "" };
    for await (const event of matching.watchTickets(request, { signal })) watched.push(event);
  };

  const acknowledged: string[] = [];
  for (let life = 0; life < LIVES; life += 1) {
    const { journal, matcher } = await start();
    const stop = new AbortController();
    watch(stop.signal).catch(() => undefined); // It ends with the matcher.
    // It has a token to go on from. Who resumes hears of the first thing that is new.
    await expect.poll(() => watched.length, patience).toBeGreaterThan(0);
    for (let i = 0; i < PLAYERS_PER_LIFE; i += 1) {
      const ticketId = `t${life}-${i}`;
      const players = [{ playerId: ticketId, attributes: {}, latenciesMs: {}, team: "" }];
      await matching.startMatching({ ...noProperties, configuration: "auto", ticketId, players });
      acknowledged.push(ticketId);
    }
    if (life < LIVES - 1) {
      // The process is gone, whatever it was about to write or to send.
      await journal[Symbol.asyncDispose]();
      net.breakNode("matcher");
      stop.abort();
      await matcher[Symbol.asyncDispose]().then(undefined, () => undefined);
      continue;
    }
    const states = async () => {
      const { tickets } = await matching.describeMatchingProgress({ ticketIds: acknowledged });
      return tickets.filter(({ state }) => state === COMPLETED).length;
    };
    await expect.poll(states, patience).toBe(acknowledged.length);
    await expect
      .poll(() => watched.filter(({ ticket }) => ticket?.state === COMPLETED).length, patience)
      .toBe(acknowledged.length);
    stop.abort();
    await matcher[Symbol.asyncDispose]();
    const { firstSequence, lastSequence } = await journal.acquire("matcher", { owner: "reader", takeOver: true });
    expect(lastSequence - firstSequence, "the journal forgets what snapshots hold").toBeLessThan(20);
    await journal[Symbol.asyncDispose]();
  }
  const changes = watched.filter(({ ticket }) => ticket).map(({ ticket }) => `${ticket?.ticketId} ${ticket?.version}`);
  expect(new Set(changes).size, "no event is heard twice").toBe(changes.length);
  const seats = fleet.sessions().flatMap(({ playerSessions }) => playerSessions.map(({ playerId }) => playerId));
  expect(seats.toSorted(), "everybody sits once").toEqual(acknowledged.toSorted());
}, 60_000);
