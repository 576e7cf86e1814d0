// The demo's set-up: real processes on free ports and in a folder of their own, and eyes on everything that the contracts
// tell.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  connectFleet,
  connectMatcher,
  type FeedMessage,
  type FleetConnection,
  findFreePort,
  type MatcherConnection,
  readFeedMessage,
  readProcess,
  readTicket,
  readTicketEvent,
  type ServerProcess,
  type Stack,
  startStack,
  type Ticket,
  type TicketEvent,
  watchResiliently,
} from "@muster/cli";
import { systemClock, systemRandom } from "@muster/kit";
import { applySessionChange, type BattleSession, newId } from "@muster/proto";
import { noProperties } from "@muster/proto/matchmaking";
import type { ServiceEvent } from "@muster/service";
import { Observed } from "./observed.ts";
import { patiently } from "./patiently.ts";
import { findPortRange } from "./port-range.ts";

/** Longer than the demo: games survive the death of their fleet, as they would in earnest. */
const ORPHAN_GRACE_MS = 30_000;
const AWAY_MS = 20_000;

/** A ticket that somebody watches from its start, over restarts of the matcher. */
export type WatchedTicket = {
  readonly ticketId: string;
  readonly events: Observed<TicketEvent>;
  /** Resolves once the ticket is in `state`. */
  readonly becomes: (state: Ticket["state"]) => Promise<Ticket>;
};

export interface DemoWorld extends AsyncDisposable {
  readonly stack: Stack;
  readonly matcher: MatcherConnection;
  readonly fleet: FleetConnection;
  readonly services: Observed<ServiceEvent>;
  readonly feed: Observed<FeedMessage>;
  /** The session as last heard, ended ones included. */
  session(battleSessionId: string): BattleSession | undefined;
  /** Resolves once the session is as wanted. */
  sessionBecomes(
    battleSessionId: string,
    what: string,
    wanted: (session: BattleSession) => boolean,
  ): Promise<BattleSession>;
  startTicket(configuration: string, players?: number): Promise<WatchedTicket>;
  processes(): Promise<readonly ServerProcess[]>;
}

const DEMO_CONFIG = fileURLToPath(new URL("muster.json", import.meta.url));

/**
 * Starts everything that `config` names, by default the demo's; resolves once it is ready. Its servers are the demo's.
 * Disposing ends it and removes the folder. `signal` calls the start off.
 */
export async function openDemoWorld(signal: AbortSignal, config = DEMO_CONFIG): Promise<DemoWorld> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "muster-demo-"));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const services = new Observed<ServiceEvent>();
  const stack = opened.use(
    await startStack({
      configPath: await writeConfig(config, folder),
      dataFolder: folder,
      matcherPort: await findFreePort(),
      fleetPort: await findFreePort(),
      orphanGraceMs: ORPHAN_GRACE_MS,
      env: process.env,
      signal,
      onEvent: (event) => services.add(event),
    }),
  );
  const matcher = opened.use(connectMatcher(stack.matcherAddress));
  const fleet = opened.use(connectFleet(stack.fleetAddress));
  const over = new AbortController();
  opened.defer(() => over.abort());
  const patient = { clock: systemClock, random: systemRandom, awayMs: AWAY_MS };

  const feed = new Observed<FeedMessage>();
  const sessions = new Map<string, BattleSession>();
  const changes = new Observed<BattleSession>();
  const watchFeed = async () => {
    const open = async function* (resumeToken: string, signal: AbortSignal) {
      for await (const message of fleet.fleet.watchSessions({ owner: "", resumeToken }, { signal })) {
        yield readFeedMessage(message);
      }
    };
    for await (const message of watchResiliently(
      { ...patient, open, tokenOf: (one) => one.resumeToken },
      over.signal,
    )) {
      const session = fold(sessions, message);
      if (session) changes.add(session);
      feed.add(message);
    }
  };
  const watchTicket = async (ticketId: string, events: Observed<TicketEvent>) => {
    const open = async function* (resumeToken: string, signal: AbortSignal) {
      const request = { ticketIds: [ticketId], configuration: "", resumeToken };
      for await (const message of matcher.matchmaking.watchTickets(request, { signal })) yield readTicketEvent(message);
    };
    for await (const event of watchResiliently({ ...patient, open, tokenOf: (one) => one.resumeToken }, over.signal)) {
      events.add(event);
    }
  };
  void watchFeed();

  const closing = opened.move();
  return {
    stack,
    matcher,
    fleet,
    services,
    feed,
    session: (battleSessionId) => sessions.get(battleSessionId),
    sessionBecomes: (battleSessionId, what, wanted) =>
      changes.see(what, (session) => {
        // The latest counts: an earlier picture that fits may have passed.
        const latest = sessions.get(battleSessionId);
        return session.battleSessionId === battleSessionId && session === latest && wanted(latest);
      }),
    async startTicket(configuration, players = 1) {
      const ticketId = newId("ticket", systemRandom);
      const party = Array.from({ length: players }, (_, index) => ({
        playerId: `${configuration}-${ticketId.slice(5, 11)}-${index + 1}`,
        attributes: {},
        latenciesMs: {},
        team: "",
      }));
      const request = { ...noProperties, configuration, ticketId, players: party };
      const { ticket } = await patiently(() => matcher.matchmaking.startMatching(request));
      readTicket(ticket);
      const events = new Observed<TicketEvent>();
      void watchTicket(ticketId, events);
      return { ticketId, events, becomes: async (state) => await seeState(events, { ticketId, state }) };
    },
    async processes() {
      const { processes } = await patiently(() => fleet.fleet.describeProcesses({ includeEnded: false }));
      return processes.map(readProcess);
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

async function seeState(
  events: Observed<TicketEvent>,
  { ticketId, state }: { ticketId: string; state: Ticket["state"] },
): Promise<Ticket> {
  const event = await events.see(
    `${ticketId} ${state}`,
    (one) => one.type === "STATE_CHANGED" && one.ticket.state === state,
  );
  if (event.type !== "STATE_CHANGED") throw new Error("Cannot read the event as a change of state");
  return event.ticket;
}

function fold(sessions: Map<string, BattleSession>, message: FeedMessage): BattleSession | undefined {
  if (message.type === "session") {
    sessions.set(message.session.battleSessionId, message.session);
    return message.session;
  }
  if (message.type !== "change") return undefined;
  const before = sessions.get(message.change.battleSessionId);
  if (!before) return undefined;
  const after = applySessionChange(before, message.change);
  sessions.set(after.battleSessionId, after);
  return after;
}

type DemoConfig = { readonly fleets: readonly { readonly portRange: string }[] };

/** The file with ports that are free here, and the server where it really is. */
async function writeConfig(file: string, folder: string): Promise<string> {
  const here = fileURLToPath(new URL(".", import.meta.url));
  const config: DemoConfig = JSON.parse(await readFile(file, "utf8"));
  const fleets = [];
  for (const fleet of config.fleets) fleets.push({ ...fleet, cwd: here, portRange: await findPortRange(10) });
  const path = join(folder, "muster.json");
  await writeFile(path, JSON.stringify({ ...config, fleets }));
  return path;
}
