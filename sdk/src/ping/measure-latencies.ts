// How far regions are from here: asks each several times, and tells the middle answer. How one is asked is the caller's probe.

/** A region as the fleet's DescribeRegions tells it, by way of the game's backend. */
export type PingRegion = {
  readonly name: string;
  /** "host:port" of a UDP echo. Empty or absent: there is none. */
  readonly udpAddress?: string | undefined;
  /** Answers a GET. Empty or absent: nothing does. */
  readonly httpUrl?: string | undefined;
};

export type RegionLatency = {
  readonly region: string;
  /** The middle one of all round trips, in whole ms rounded up, at most 60,000. Undefined: no answer came. */
  readonly latencyMs: number | undefined;
  /** The quickest round trip, in ms. */
  readonly bestMs: number | undefined;
  /** By how much one round trip differs from the next, on average, in ms. */
  readonly jitterMs: number | undefined;
  readonly sent: number;
  readonly lost: number;
  /** By which way; undefined: the region can be measured by none that is at hand. */
  readonly via: PingWay | undefined;
};

export type PingWay = "udp" | "http";

export type MeasureOptions = {
  /** Round trips measured of each region, one after the other. 1..100, default 5. */
  readonly attempts?: number;
  /** After so long an answer counts as lost, in ms. 1..60,000, default 1,000. */
  readonly timeoutMs?: number;
  /** Only by this way. Default: by UDP where both sides can, else by HTTP. */
  readonly via?: PingWay;
  readonly signal?: AbortSignal;
};

/** A way to one region, open until it is closed. */
export interface Probe {
  /** The round trip in ms, or undefined if no answer came in time. Rejects where nothing can be asked at all. */
  ask(timeoutMs: number, signal: AbortSignal | undefined): Promise<number | undefined>;
  close(): void;
}

export type Probes = Partial<Readonly<Record<PingWay, (target: string) => Promise<Probe>>>>;

const LATENCY_MS_MAX = 60_000;

/**
 * Measures all regions at the same time. A region without an answer has no latency, and is no error.
 *
 * @throws {RangeError} `attempts` or `timeoutMs` is out of its range.
 */
export async function measureWith(
  probes: Probes,
  regions: readonly PingRegion[],
  { attempts = 5, timeoutMs = 1_000, via, signal }: MeasureOptions = {},
): Promise<readonly RegionLatency[]> {
  checkWhole("attempts", attempts, 100);
  checkWhole("timeoutMs", timeoutMs, LATENCY_MS_MAX);
  return await Promise.all(
    regions.map(async (region): Promise<RegionLatency> => {
      const way = wayTo(region, probes, via);
      if (!way) return { region: region.name, ...summarize([]), sent: 0, lost: 0, via: undefined };
      const trips = await askOften(way.open, { attempts, timeoutMs, signal });
      const heard = trips.filter((trip) => trip !== undefined);
      return { region: region.name, ...summarize(heard), sent: attempts, lost: attempts - heard.length, via: way.via };
    }),
  );
}

/** What `startMatching` takes as `latenciesMs` of a player: regions without an answer are not in it. */
export function latenciesOf(measured: readonly RegionLatency[]): Readonly<Record<string, number>> {
  const known = measured.flatMap(({ region, latencyMs }) => (latencyMs === undefined ? [] : [[region, latencyMs]]));
  return Object.fromEntries(known) as Record<string, number>;
}

function wayTo(region: PingRegion, probes: Probes, only: PingWay | undefined) {
  const targets = { udp: region.udpAddress, http: region.httpUrl };
  for (const via of ["udp", "http"] as const) {
    const [probe, target] = [probes[via], targets[via]];
    if ((only ?? via) === via && probe && target) return { via, open: () => probe(target) };
  }
  return undefined;
}

async function askOften(
  open: () => Promise<Probe>,
  { attempts, timeoutMs, signal }: { attempts: number; timeoutMs: number; signal: AbortSignal | undefined },
): Promise<readonly (number | undefined)[]> {
  signal?.throwIfAborted();
  const trips: (number | undefined)[] = [];
  let probe: Probe | undefined;
  try {
    probe = await open();
    // The first carries what is needed once: names looked up, connections opened.
    await probe.ask(timeoutMs, signal);
    while (trips.length < attempts) trips.push(await probe.ask(timeoutMs, signal));
  } catch {
    // Whoever cannot be asked gives no answer, which is what is told of it; a caller that has given up hears so.
    signal?.throwIfAborted();
    while (trips.length < attempts) trips.push(undefined);
  } finally {
    probe?.close();
  }
  return trips;
}

function summarize(trips: readonly number[]): Pick<RegionLatency, "latencyMs" | "bestMs" | "jitterMs"> {
  if (trips.length === 0) return { latencyMs: undefined, bestMs: undefined, jitterMs: undefined };
  const sorted = trips.toSorted((a, b) => a - b);
  const middle = sorted[(sorted.length - 1) >> 1] ?? 0;
  const steps = trips.slice(1).map((trip, index) => Math.abs(trip - (trips[index] ?? trip)));
  const jitter = steps.length === 0 ? 0 : steps.reduce((sum, step) => sum + step, 0) / steps.length;
  const tenth = (ms: number) => Math.round(ms * 10) / 10;
  return {
    latencyMs: Math.min(Math.ceil(middle), LATENCY_MS_MAX),
    bestMs: tenth(sorted[0] ?? 0),
    jitterMs: tenth(jitter),
  };
}

function checkWhole(name: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return;
  throw new RangeError(`Cannot measure with ${name} ${value}: it is a whole number from 1 to ${max}`);
}
