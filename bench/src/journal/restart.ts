// How long a matcher with many searching tickets takes from its start to its first answer, and what its journal takes on disk.
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { openSqliteJournal } from "@muster/journal";
import { systemClock, systemRandom } from "@muster/kit";
import { createMatcher, type MatcherConfig } from "@muster/matcher";
import { MatchmakingServiceDefinition, noProperties } from "@muster/proto/matchmaking";
import { createMemoryNetwork } from "@muster/proto/rpc";
import { silentLog } from "@muster/service";

export type RestartRun = { readonly restartMs: number; readonly bytesPerTicket: number };

const TICKETS_IN_FLIGHT = 256;
/** Pools that the tickets are spread over. */
const POOLS = 20;
/** Players that a match needs, as many as one may have: more than the tickets of a pool, so that all of them go on searching. */
const MATCH_PLAYERS = 1_000;

const config: MatcherConfig = {
  ruleSets: [
    {
      name: "crowd",
      document: JSON.stringify({
        version: "v1.0",
        teams: ["red", "blue"].map((name) => ({
          name,
          minPlayers: MATCH_PLAYERS / 2,
          maxPlayers: MATCH_PLAYERS / 2,
        })),
      }),
    },
  ],
  configurations: Array.from({ length: POOLS }, (_, pool) => ({
    name: `pool-${pool}`,
    ruleSet: "crowd",
    queue: "queue",
    requestTimeoutMs: 3_600_000,
    autoBackfill: false,
    settleMs: 10,
    properties: {},
    data: "",
    placementRetries: 2,
  })),
};

/** Fills a matcher in `folder` with `tickets`, stops it in order, and starts it again as often as told: the best start counts. */
export async function measureRestart(
  folder: string,
  { tickets, starts }: { readonly tickets: number; readonly starts: number },
): Promise<RestartRun> {
  const path = join(folder, "matcher.sqlite");
  {
    await using matcher = await startMatcher(path);
    let next = 0;
    const queue = async () => {
      while (next < tickets) {
        next += 1;
        await matcher.client.startMatching(ticketOf(next));
      }
    };
    await Promise.all(Array.from({ length: TICKETS_IN_FLIGHT }, queue));
  }
  const bytesPerTicket = (await bytesIn(folder)) / tickets;
  let restartMs = Number.POSITIVE_INFINITY;
  for (let start = 0; start < starts; start += 1) {
    const startedMs = performance.now();
    await using matcher = await startMatcher(path);
    const found = await matcher.client.describeMatchingProgress({ ticketIds: [`bench-${tickets}`] });
    if (found.tickets.length !== 1) throw new Error("The restarted matcher has lost a ticket");
    restartMs = Math.min(restartMs, performance.now() - startedMs);
  }
  return { restartMs, bytesPerTicket };
}

/** A ticket as games send it: one player with a few attributes. */
function ticketOf(number: number) {
  const attributes = { skill: 1_000 + (number % 500), mode: "ranked", level: number % 80 };
  const player = { playerId: `player-${number}`, attributes, latenciesMs: { "eu-west": 20 + (number % 60) }, team: "" };
  return { ...noProperties, configuration: `pool-${number % POOLS}`, ticketId: `bench-${number}`, players: [player] };
}

/** On a network without a fleet, which nothing here needs. */
async function startMatcher(path: string) {
  const journal = openSqliteJournal(path);
  const network = createMemoryNetwork({ clock: systemClock, random: systemRandom });
  const matcher = await createMatcher({
    journal,
    clock: systemClock,
    random: systemRandom,
    network: network.from("matcher"),
    fleetAddress: "nobody",
    endpoint: "matcher",
    owner: "bench",
    config,
    log: silentLog,
    onFatal: (error) => {
      throw error;
    },
  });
  const listening = network.serve("matcher", matcher.services);
  const peer = network.from("backend").connect("matcher");
  return {
    client: peer.client(MatchmakingServiceDefinition),
    async [Symbol.asyncDispose]() {
      await peer[Symbol.asyncDispose]();
      await matcher[Symbol.asyncDispose]();
      await listening[Symbol.asyncDispose]();
      await journal[Symbol.asyncDispose]();
    },
  };
}

async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder)) bytes += (await stat(join(folder, name))).size;
  return bytes;
}
