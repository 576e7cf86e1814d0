// Many servers and more bots than they have seats, all real processes and sockets: is a seat ever given twice, and how long does one
// stand empty while somebody who fits is waiting?

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectFleet, connectMatcher, type FleetConnection, findFreePort, startStack, type Ticket } from "@muster/cli";
import { createSeededRandom, systemClock, systemRandom } from "@muster/kit";
import { newId } from "@muster/proto";
import { ProcessState } from "@muster/proto/fleet";
import { noProperties } from "@muster/proto/matchmaking";
import { GameClient } from "../demo/game-client.ts";
import { findPortRange } from "../demo/port-range.ts";
import { type Deed, runCrowdBot } from "./crowd-bot.ts";
import { CONFIGURATION, type EyesParts, GUESTS_TEAM, openEyes } from "./crowd-eyes.ts";
import type { Testimony } from "./crowd-server.ts";

export type CrowdPlan = {
  readonly servers: number;
  /** One of them hosts each battle and stays; the others come and go. */
  readonly bots: number;
  readonly seconds: number;
  readonly seed: number;
  /** How long a bot stays in a battle, in ms. */
  readonly stayMs: { readonly least: number; readonly most: number };
};

export type CrowdResult = {
  /** Every time that a server counted more players than it has seats. */
  readonly overCapacity: readonly Testimony[];
  /** Servers that testified. */
  readonly servers: number;
  readonly deeds: Readonly<Record<Deed, number>>;
  /** Of each seat that was taken again, or still was free at the end: how long it stood empty with somebody waiting, in ms. */
  readonly emptyMs: readonly number[];
};

/** Guests of a battle; with its host one more. */
const GUESTS = 7;
const HOST_TEAM = "host";
/** For servers that are replaced. */
const SPARE_PORTS = 10;
const LOOK_MS = 200;

/** Runs the plan. Rejects if it cannot be set up, or `signal` aborts. */
export async function runCrowd(
  plan: CrowdPlan,
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (what: string) => void },
): Promise<CrowdResult> {
  const folder = await mkdtemp(join(tmpdir(), "muster-crowd-"));
  const testimonies = join(folder, "testimonies");
  await mkdir(testimonies);
  try {
    const seen = await live(plan, { folder, testimonies, signal, onProgress });
    return { ...seen, ...(await readTestimonies(testimonies)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Run = {
  readonly folder: string;
  readonly testimonies: string;
  readonly signal: AbortSignal;
  readonly onProgress: (what: string) => void;
};

async function live(plan: CrowdPlan, { folder, testimonies, signal, onProgress }: Run) {
  const configPath = join(folder, "muster.json");
  await writeFile(configPath, JSON.stringify(await configOf(plan, testimonies)));
  await using stack = await startStack({
    ...{ configPath, dataFolder: folder, env: process.env, signal },
    ...{ matcherPort: await findFreePort(), fleetPort: await findFreePort() },
  });
  await using matcher = connectMatcher(stack.matcherAddress);
  await using fleet = connectFleet(stack.fleetAddress);
  await serversReady(fleet, plan.servers, signal);
  onProgress(`${plan.servers} servers are ready`);

  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  const parts = { matcher, fleet, signal: stop };
  const eyes = openEyes(parts);
  const seek = async (team: string): Promise<Ticket> => {
    const ticketId = newId("ticket", systemRandom);
    const completed = eyes.completed(ticketId);
    completed.catch(() => undefined); // Heard of below, unless the request is refused.
    await startTicket(parts, { ticketId, team });
    return await completed;
  };
  const deeds: Record<Deed, number> = {
    ...{ leaves: 0, returns: 0, vanishes: 0, "never shows up": 0, "was refused": 0 },
  };
  const bots = Array.from({ length: plan.bots - plan.servers }, (_, index) =>
    runCrowdBot({
      seek: () => seek(GUESTS_TEAM),
      random: createSeededRandom(plan.seed + index),
      stayMs: plan.stayMs,
      tell: (deed) => {
        deeds[deed] += 1;
      },
      signal: stop,
    }),
  );
  const living = Promise.all([...bots, eyes.watching]).then((): never => {
    throw new Error("Cannot go on as every bot is gone");
  });
  const tickets = await Promise.race([
    Promise.all(Array.from({ length: plan.servers }, () => seek(HOST_TEAM))),
    living,
  ]);
  await using hosts = new AsyncDisposableStack();
  for (const ticket of tickets) hosts.use(await enter(ticket));
  onProgress(`${plan.servers} battles run`);
  eyes.startClock();
  await Promise.race([systemClock.sleep(plan.seconds * 1_000, signal), living]);
  const emptyMs = eyes.emptyMs();
  over.abort();
  await Promise.allSettled(bots);
  onProgress("stopping");
  return { deeds, emptyMs };
}

/** A host's connection, which lasts as long as the run. */
async function enter({ ticketId, assignment }: Ticket): Promise<GameClient> {
  const own = assignment?.players.find((player) => player.ticketId === ticketId);
  if (own?.playerSessionId === undefined || !assignment?.address)
    throw new Error(`Cannot find the seat of ${ticketId}`);
  const client = await GameClient.connect(assignment.address);
  const { refused } = await client.ask({ ask: "join", playerSessionId: own.playerSessionId });
  if (refused !== undefined) throw new Error(`Cannot host a battle as the server refuses it: ${refused}`);
  return client;
}

async function startTicket(
  { matcher, signal }: EyesParts,
  { ticketId, team }: { readonly ticketId: string; readonly team: string },
): Promise<void> {
  const players = [{ playerId: `${team}-${ticketId.slice(5)}`, attributes: {}, latenciesMs: {}, team }];
  await matcher.matchmaking.startMatching(
    { ...noProperties, configuration: CONFIGURATION, ticketId, players },
    { signal },
  );
}

async function serversReady({ fleet }: FleetConnection, servers: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    const { processes } = await fleet.describeProcesses({ includeEnded: false }, { signal });
    if (processes.filter(({ state }) => state === ProcessState.READY).length >= servers) return;
    await systemClock.sleep(LOOK_MS, signal);
  }
}

async function readTestimonies(folder: string): Promise<Pick<CrowdResult, "overCapacity" | "servers">> {
  const files = await readdir(folder);
  const testimonies: Testimony[] = [];
  for (const file of files) {
    const lines = (await readFile(join(folder, file), "utf8")).trim().split("\n");
    testimonies.push(...lines.map((line): Testimony => JSON.parse(line)));
  }
  const isOver = ({ capacity, seats, inside }: Testimony) => Math.max(seats, inside) > capacity;
  return { servers: files.length, overCapacity: testimonies.filter(isOver) };
}

/** A match takes a host, and all hosts sit in a battle already: whoever comes as a guest waits for a seat that falls free. */
async function configOf({ servers }: CrowdPlan, testimonies: string): Promise<object> {
  const server = fileURLToPath(new URL("crowd-server.ts", import.meta.url));
  return {
    fleets: [
      {
        name: "crowd",
        command: [process.execPath, "--conditions=@muster/source", server],
        env: { CROWD_FOLDER: testimonies },
        processes: servers,
        portRange: await findPortRange(servers + SPARE_PORTS),
        readyTimeoutSeconds: 600,
        reservationSeconds: 5,
        disconnectGraceSeconds: 5,
      },
    ],
    queues: [{ name: "crowd", destinations: ["crowd"], timeoutSeconds: 600 }],
    ruleSets: {
      crowd: {
        version: "v1.0",
        teams: [
          { name: HOST_TEAM, minPlayers: 1, maxPlayers: 1 },
          { name: GUESTS_TEAM, minPlayers: 1, maxPlayers: GUESTS },
        ],
      },
    },
    configurations: [
      {
        ...{ name: CONFIGURATION, ruleSet: "crowd", queue: "crowd", requestTimeoutSeconds: 3_600 },
        ...{ autoBackfill: true, settleMs: 20 },
      },
    ],
  };
}
