// The whole hour of an absent receiver at 1,000 events a second, without its waiting: 3.6 million events are stored as fast as they can be,
// then it comes back. Beside it another receiver is there all the time, and is timed before, meanwhile and afterwards.
import { systemClock } from "@muster/kit";
import { startFloor } from "../rpc/floor-process.ts";
import { askReceiver, type BenchOutbox, findPort, openBenchOutbox, untilTaken } from "./bench-outbox.ts";
import { EVENTS_PER_TICKET, storeTickets } from "./store-events.ts";

const TICKETS_OF_AN_HOUR = 3_600_000 / EVENTS_PER_TICKET;
const EVENTS_PER_REQUEST = 200;
/** How long the other receiver is timed, at 1,000 events a second. */
const TIMED_MS = 15_000;
const STEP_MS = 99;
const TICKETS_PER_STEP = 33;
const TIMED_CONFIGURATION = "timed";
const STEPS = Math.floor(TIMED_MS / STEP_MS);
const TIMED_TICKETS = STEPS * TICKETS_PER_STEP;
const MEMORY_EVERY_MS = 500;
const BYTES_PER_MB = 2 ** 20;

/**
 * `events` that waited for the absent one; `storedPerSecond`; `onDiskMb` at its return; `pendingMb` of them as its cap of 4,096 counts;
 * `servedInSeconds`, from its return until it has all, which are to be 300 at most, while new ones come. `otherP99…Ms`: from an event to its arrival at the other receiver, at
 * 1,000 a second: before, during and after the absence. `rssMbAtFirst`, after a tenth of the events, and `rssMbMost`: memory of the outbox's process. Throws
 * if an event is missing, or one of a ticket came before its forerunner.
 */
export async function measureHour(): Promise<Readonly<Record<string, number>>> {
  const [absent, present] = [await findPort(), await findPort()];
  const program = new URL("./receiver.ts", import.meta.url);
  await using bench = await openBenchOutbox();
  const { outbox, matcher } = bench;
  await using other = await startFloor(program, [String(present)]);
  const timedOnly = [TIMED_CONFIGURATION];
  await bench.putTarget({
    name: "present",
    port: present,
    eventsPerRequest: EVENTS_PER_REQUEST,
    configurations: timedOnly,
  });
  let from = 0;
  const store = async (count: number, configuration?: string) => {
    await storeTickets(outbox, matcher, { from, until: from + count, ...(configuration && { configuration }) });
    from += count;
  };
  let rounds = 0;
  const timeOther = () => {
    rounds += 1;
    return timed(present, { store, events: rounds * TIMED_TICKETS * EVENTS_PER_TICKET });
  };

  const otherP99BeforeMs = await timeOther();
  await bench.putTarget({ name: "absent", port: absent, eventsPerRequest: EVENTS_PER_REQUEST });
  using memory = watchMemory();
  const storingMs = performance.now();
  await store(TICKETS_OF_AN_HOUR / 10);
  const rssMbAtFirst = memory.most();
  await store(TICKETS_OF_AN_HOUR * 0.9 - TIMED_TICKETS);
  const storedPerSecond =
    ((TICKETS_OF_AN_HOUR - TIMED_TICKETS) * EVENTS_PER_TICKET) / ((performance.now() - storingMs) / 1_000);
  const otherP99AwayMs = await timeOther();
  const [onDiskMb, pendingMb] = [(await bench.bytesOnDisk()) / BYTES_PER_MB, pendingOf(bench, "absent") / BYTES_PER_MB];

  const away = TICKETS_OF_AN_HOUR * EVENTS_PER_TICKET;
  await using returned = await startFloor(program, [String(absent)]);
  const backMs = performance.now();
  const [otherP99AfterMs] = await Promise.all([timeOther(), untilServed(absent, away)]);
  const servedInSeconds = (performance.now() - backMs) / 1_000;
  await untilTaken(absent, away + TIMED_TICKETS * EVENTS_PER_TICKET);
  void [other, returned];
  return {
    ...{ events: away, storedPerSecond, onDiskMb, pendingMb, servedInSeconds },
    ...{ otherP99BeforeMs, otherP99AwayMs, otherP99AfterMs, rssMbAtFirst, rssMbMost: memory.most() },
  };
}

type Timed = {
  readonly store: (tickets: number, configuration: string) => Promise<void>;
  /** That it has then. */
  readonly events: number;
};

/** The other receiver's 99th percentile at 1,000 events a second. */
async function timed(port: number, { store, events }: Timed): Promise<number> {
  await askReceiver(port, "anew");
  const startedMs = performance.now();
  for (let step = 1; step <= STEPS; step += 1) {
    await store(TICKETS_PER_STEP, TIMED_CONFIGURATION);
    await systemClock.sleep(Math.max(0, startedMs + step * STEP_MS - performance.now()));
  }
  return (await untilTaken(port, events)).delayP99Ms;
}

const SERVED_ASKED_EVERY_MS = 200;

async function untilServed(port: number, events: number): Promise<void> {
  while ((await askReceiver(port)).distinct < events) await systemClock.sleep(SERVED_ASKED_EVERY_MS);
}

function pendingOf({ outbox }: BenchOutbox, name: string): number {
  return outbox.statuses().find(({ target }) => target.settings.name === name)?.pendingBytes ?? 0;
}

/** `most`: of this process's resident memory since then, in MB. */
function watchMemory(): Disposable & { most(): number } {
  let mostBytes = 0;
  const look = () => {
    mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
  };
  const timer = setInterval(look, MEMORY_EVERY_MS);
  return {
    most() {
      look();
      return mostBytes / BYTES_PER_MB;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
