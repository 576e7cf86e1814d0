// An outbox on a journal of its own in a folder of its own, which goes with it, and what the benchmark asks of its receivers.
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteJournal } from "@muster/journal";
import { systemClock, systemRandom } from "@muster/kit";
import { createDialRules, createGotPoster, createMatcherState, type Outbox, openOutbox } from "@muster/matcher/testing";
import { silentLog } from "@muster/service";
import type { Teller } from "./store-events.ts";

export interface BenchOutbox extends AsyncDisposable {
  readonly outbox: Outbox;
  readonly matcher: Teller;
  /** Of its files, as they stand. */
  bytesOnDisk(): Promise<number>;
  /** A target at a port of this machine, of events of `configurations`. Default: of all. */
  putTarget(target: BenchTarget): Promise<void>;
}

export type BenchTarget = {
  readonly name: string;
  readonly port: number;
  readonly eventsPerRequest: number;
  readonly configurations?: readonly string[];
};

/** Requests of one target that are under way at once. */
export const CONCURRENCY = 8;

export async function openBenchOutbox(): Promise<BenchOutbox> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "muster-bench-"));
  opened.defer(() => rm(folder, { recursive: true }));
  const journal = opened.use(openSqliteJournal(join(folder, "events.sqlite"), { clock: systemClock }));
  const poster = opened.use(createGotPoster(createDialRules(["127.0.0.0/8"])));
  const matcher = { state: createMatcherState(), durableSequence: 0 };
  const outbox = opened.use(
    await openOutbox({
      ...{ project: "default", journal, clock: systemClock, random: systemRandom, log: silentLog },
      ...{ leaseHolder: "bench", takeOver: true, poster, keepMs: 0, matcher },
      onFatal(error) {
        throw error;
      },
    }),
  );
  const closing = opened.move();
  return {
    ...{ outbox, matcher },
    async bytesOnDisk() {
      const sizes = (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size);
      return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    },
    async putTarget({ name, port, eventsPerRequest, configurations = [] }) {
      const settings = { name, url: urlOf(port), configurations, types: [], eventsPerRequest };
      await outbox.putTarget({ ...settings, concurrency: CONCURRENCY, matchTokens: false }, undefined);
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

export function urlOf(port: number): string {
  return `http://127.0.0.1:${port}/`;
}

/** A port that nobody listens at. */
export async function findPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

export type Counted = {
  readonly events: number;
  readonly distinct: number;
  readonly outOfOrder: number;
  /** From what happened to its arrival, of events since delays were begun anew, in ms. 0 where there were none. */
  readonly delayP99Ms: number;
};

/** `anew`: delays are counted from now on. */
export async function askReceiver(port: number, path: "" | "anew" = ""): Promise<Counted> {
  return (await (await fetch(`${urlOf(port)}${path}`)).json()) as Counted;
}

const ASKED_EVERY_MS = 50;

/** What the receiver has counted once it has all `events`. @throws {Error} if one came before its forerunner. */
export async function untilTaken(port: number, events: number): Promise<Counted> {
  for (;;) {
    const counted = await askReceiver(port);
    if (counted.outOfOrder > 0 || counted.distinct > events) {
      throw new Error(`Cannot trust the figures: ${JSON.stringify(counted)} of ${events}`);
    }
    if (counted.distinct === events) return counted;
    await systemClock.sleep(ASKED_EVERY_MS);
  }
}
