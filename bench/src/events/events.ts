// The benchmark `events`: what an outage of a receiver costs, and how soon it has everything once it is back.
import type { BenchOptions, Report } from "../report.ts";
import { startFloor } from "../rpc/floor-process.ts";
import { measureBarePosts } from "./bare-posts.ts";
import { CONCURRENCY, findPort, openBenchOutbox, untilTaken, urlOf } from "./bench-outbox.ts";
import { measureHour } from "./hour.ts";
import { EVENTS_PER_TICKET, storeTickets } from "./store-events.ts";

/** An outage of five minutes at 1,000 events a second. */
const EVENTS = 300_000;
/** Of the run with one event a request. */
const SINGLE_EVENTS = 15_000;
const BATCH = 200;
const POSTS = 5_000;

/**
 * `storedPerSecond`: events that the outbox takes while the receiver is away, on disk; `bytesPerEvent` of its journal. `caughtUpPerSecond`:
 * events a second that a receiver in another process has taken once it is back, 200 a request; `caughtUp1PerSecond`: one a request.
 * `toBarePosts`: the latter ÷ the same body by bare node:http. Events are of 5v5 battles. Throws if an event is missing, or one of a ticket
 * came before its forerunner. With `only` "hour" the figures of hour.ts.
 */
export async function run({ only }: BenchOptions = {}): Promise<Report> {
  if (only === "hour") return { name: "events", figures: await measureHour(), ratios: {} };
  const many = await measureOutage({ events: EVENTS, eventsPerRequest: BATCH });
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
  // Nobody listens there until the receiver is back.
  const port = await findPort();
  await using bench = await openBenchOutbox();
  await bench.putTarget({ name: "bench", port, eventsPerRequest });
  const storingMs = performance.now();
  await storeTickets(bench.outbox, bench.matcher, { from: 0, until: events / EVENTS_PER_TICKET });
  const storedPerSecond = events / ((performance.now() - storingMs) / 1_000);
  const bytesPerEvent = (await bench.bytesOnDisk()) / events;
  await using receiver = await startFloor(new URL("./receiver.ts", import.meta.url), [String(port)]);
  const backMs = performance.now();
  await untilTaken(port, events);
  const caughtUpPerSecond = events / ((performance.now() - backMs) / 1_000);
  const body = JSON.stringify({ id: "ticket.bare.1", number: 1, data: "x".repeat(1_200) });
  const barePerSecond = await measureBarePosts(urlOf(port), { body, posts: POSTS, concurrency: CONCURRENCY });
  void receiver;
  return { events, storedPerSecond, bytesPerEvent, caughtUpPerSecond, barePerSecond };
}
