// The benchmark `events`: what an outage of a receiver costs, and how soon it has everything once it is back.
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteJournal } from "@muster/journal";
import { systemClock, systemRandom } from "@muster/kit";
import {
  createDialRules,
  createGotPoster,
  createMatcherState,
  type Outbox,
  openOutbox,
  type Ticket,
} from "@muster/matcher/testing";
import { silentLog } from "@muster/service";
import type { BenchOptions, Report } from "../report.ts";
import { startFloor } from "../rpc/floor-process.ts";
import { measureBarePosts } from "./bare-posts.ts";

/** Events of one ticket: searching, placing, completed. */
const EVENTS_PER_TICKET = 3;
/** An outage of five minutes at 1,000 events a second; the whole hour with `--only hour`. */
const EVENTS = 300_000;
const EVENTS_OF_AN_HOUR = 3_600_000;
/** Of the run with one event a request. */
const SINGLE_EVENTS = 15_000;
const BATCH = 200;
const CONCURRENCY = 8;
const POSTS = 5_000;

/**
 * `storedPerSecond`: events that the outbox takes while the receiver is away, on disk; `bytesPerEvent` of its journal. `caughtUpPerSecond`:
 * events a second that a receiver in another process has taken once it is back, 200 a request; `caughtUp1PerSecond`: one a request.
 * `toBarePosts`: the latter ÷ the same body by bare node:http. Events are of 5v5 battles. Throws if an event is missing, or one of a ticket
 * came before its forerunner.
 */
export async function run({ only }: BenchOptions = {}): Promise<Report> {
  const many = await measureOutage({ events: only === "hour" ? EVENTS_OF_AN_HOUR : EVENTS, eventsPerRequest: BATCH });
  const single = await measureOutage({ events: SINGLE_EVENTS, eventsPerRequest: 1 });
  return {
    name: "events",
    figures: {
      events: many.events,
      storedPerSecond: many.storedPerSecond,
      bytesPerEvent: many.bytesPerEvent,
      caughtUpPerSecond: many.caughtUpPerSecond,
      caughtUp1PerSecond: single.caughtUpPerSecond,
    },
    ratios: { toBarePosts: single.caughtUpPerSecond / single.barePerSecond },
  };
}

type Outage = { readonly events: number; readonly eventsPerRequest: number };
type Measured = {
  readonly events: number;
  readonly storedPerSecond: number;
  readonly bytesPerEvent: number;
  readonly caughtUpPerSecond: number;
  readonly barePerSecond: number;
};

async function measureOutage({ events, eventsPerRequest }: Outage): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), "muster-bench-"));
  try {
    // A port that nobody listens at until the receiver is back.
    const port = await findPort();
    const url = `http://127.0.0.1:${port}/`;
    await using journal = openSqliteJournal(join(folder, "events.sqlite"), { clock: systemClock });
    await using poster = createGotPoster(createDialRules(["127.0.0.0/8"]));
    const matcher = { state: createMatcherState(), durableSequence: 0 };
    await using outbox = await openOutbox({
      ...{
        project: "default",
        journal,
        clock: systemClock,
        random: systemRandom,
        log: silentLog,
        leaseHolder: "bench",
        takeOver: true,
      },
      ...{ poster, keepMs: 0, matcher },
      onFatal(error) {
        throw error;
      },
    });
    const settings = { name: "bench", url, configurations: [], types: [], eventsPerRequest };
    await outbox.putTarget({ ...settings, concurrency: CONCURRENCY, matchTokens: false }, undefined);
    const storingMs = performance.now();
    await store(outbox, matcher, events);
    const storedPerSecond = events / ((performance.now() - storingMs) / 1_000);
    const bytesPerEvent = (await bytesOf(folder)) / events;
    await using receiver = await startFloor(new URL("./receiver.ts", import.meta.url), [String(port)]);
    const backMs = performance.now();
    const counted = await untilTaken(url, events);
    const caughtUpPerSecond = events / ((performance.now() - backMs) / 1_000);
    if (counted.distinct !== events || counted.outOfOrder > 0) {
      throw new Error(`Cannot trust the figures: ${JSON.stringify(counted)} of ${events}`);
    }
    const body = JSON.stringify({ id: "ticket.bare.1", number: 1, data: "x".repeat(1_200) });
    const barePerSecond = await measureBarePosts(url, { body, posts: POSTS, concurrency: CONCURRENCY });
    void receiver;
    return { events, storedPerSecond, bytesPerEvent, caughtUpPerSecond, barePerSecond };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Tickets of a step: what the matcher's memory holds of them is let go afterwards. */
const TICKETS_PER_STEP = 1_000;

async function store(
  outbox: Outbox,
  matcher: { readonly state: ReturnType<typeof createMatcherState>; durableSequence: number },
  events: number,
): Promise<void> {
  const { events: log } = matcher.state;
  for (let first = 0; first < events / EVENTS_PER_TICKET; first += TICKETS_PER_STEP) {
    const count = Math.min(TICKETS_PER_STEP, events / EVENTS_PER_TICKET - first);
    matcher.durableSequence += 1;
    const at = { sequence: matcher.durableSequence, atMs: matcher.durableSequence, atWallMs: systemClock.wallMs() };
    let tickets = Array.from({ length: count }, (_, index) => ticketOf(first + index));
    const tell = (ticket: Ticket, previous?: ReturnType<typeof log.append>) =>
      log.append((number) => {
        return { ...at, number, type: "STATE_CHANGED", ticket, sessionEndCause: undefined, previous };
      });
    let previous = tickets.map((ticket) => tell(ticket));
    for (const state of [PLACING, COMPLETED]) {
      tickets = tickets.map((ticket) => ({ ...ticket, version: ticket.version + 1, state }));
      previous = tickets.map((ticket, index) => tell(ticket, previous[index]));
    }
    outbox.poke();
    await outbox.untilStored();
    log.forget(at.atMs);
  }
}

const id = <Id>(text: string): Id => text as Id;
const PLACING: Ticket["state"] = { phase: "PLACING", matchId: id("match_06qj3k4x9d8ra1v7tmcz2hbn5e") };
const COMPLETED: Ticket["state"] = {
  ...{ phase: "COMPLETED", matchId: id("match_06qj3k4x9d8ra1v7tmcz2hbn5e") },
  assignment: {
    address: { host: "203.0.113.7", ports: { game: 7_500 } },
    ...{ battleSessionId: id("bs_1c7m9x0k4d8ra1v7tmcz2hbn5e"), region: "eu-west", formedBy: undefined },
    players: Array.from({ length: 10 }, (_, index) => ({
      ...{ playerId: id(`player-${1_000_000 + index}`), team: index < 5 ? "red" : "blue" },
      ...{ ticketId: id(`ticket-${1_000_000 + index}`), playerSessionId: id(`ps_9x0k4d8ra1v7tmcz2hbn5e${index}`) },
    })),
  },
};

function ticketOf(index: number): Ticket {
  return {
    ...{ ticketId: id(`ticket-${1_000_000 + index}`), configuration: "ranked", bodyDigest: "", arrival: index },
    players: [{ playerId: id(`player-${1_000_000 + index}`), attributes: {}, latenciesMs: {}, team: undefined }],
    ...{ searchingSinceMs: 0, createdAtWallMs: systemClock.wallMs(), timesOutAtMs: 60_000, version: 1, returns: 0 },
    state: { phase: "SEARCHING", cause: undefined },
  };
}

type Counted = { readonly events: number; readonly distinct: number; readonly outOfOrder: number };

const ASKED_EVERY_MS = 50;

async function untilTaken(url: string, events: number): Promise<Counted> {
  for (;;) {
    const counted = (await (await fetch(url)).json()) as Counted;
    if (counted.distinct >= events) return counted;
    await systemClock.sleep(ASKED_EVERY_MS);
  }
}

async function bytesOf(folder: string): Promise<number> {
  const sizes = (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function findPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
