// How long tickets waited that were matched lately: a histogram on a logarithmic scale, in which older waits count less and less.
// Adding one costs the same however many there were; no clock is read.

/** The first bucket ends near so many ms; each further one is wider by a fifth. */
const SCALE_MS = 50;
const BUCKETS_PER_DOUBLING = 4;
/** Up to two days: longer than any ticket may search. */
const BUCKETS = 88;
/** A wait counts half after so long, or after so many others, whichever comes first. */
const HALF_LIFE_MS = 300_000;
const HALF_LIFE_WAITS = 256;
/** With fewer waits, older ones counted for less, a median says too little. */
const WAITS_MIN = 5;
/** New waits weigh more and more, so that old ones need not be touched; now and then all are made lighter. */
const GAIN_MAX = 2 ** 512;

export class DecayedWaits {
  #weights = new Float64Array(BUCKETS);
  #gain = 1;
  #lastMs = Number.NEGATIVE_INFINITY;

  add(waitedMs: number, atMs: number): void {
    this.#gain *= 2 ** (Math.max(0, atMs - this.#lastMs || 0) / HALF_LIFE_MS + 1 / HALF_LIFE_WAITS);
    if (!(this.#gain < GAIN_MAX)) this.#lighten(atMs);
    this.#lastMs = Math.max(this.#lastMs, atMs);
    const bucket = bucketOf(waitedMs);
    this.#weights[bucket] = (this.#weights[bucket] ?? 0) + this.#gain;
  }

  /** The median of the waits longer than `waitedMs`, in whole ms; undefined if there are too few. */
  medianBeyond(waitedMs: number, nowMs: number): number | undefined {
    const first = bucketOf(waitedMs);
    const [low, high] = [startOf(first), startOf(first + 1)];
    // Waits are taken to lie evenly within a bucket.
    const firstShare = (high - Math.max(low, waitedMs)) / (high - low);
    const weightOf = (bucket: number) => (this.#weights[bucket] ?? 0) * (bucket === first ? firstShare : 1);
    let total = 0;
    for (let bucket = first; bucket < BUCKETS; bucket += 1) total += weightOf(bucket);
    const age = Math.max(0, nowMs - this.#lastMs);
    if (total / this.#gain / 2 ** (age / HALF_LIFE_MS) < WAITS_MIN) return undefined;
    let left = total / 2;
    for (let bucket = first; bucket < BUCKETS; bucket += 1) {
      const weight = weightOf(bucket);
      if (weight < left) {
        left -= weight;
        continue;
      }
      const start = bucket === first ? Math.max(low, waitedMs) : startOf(bucket);
      return Math.round(start + (startOf(bucket + 1) - start) * (weight === 0 ? 0 : left / weight));
    }
    return undefined;
  }

  #lighten(atMs: number): void {
    if (Number.isFinite(this.#gain)) this.#weights = this.#weights.map((weight) => weight / this.#gain);
    else this.#weights = new Float64Array(BUCKETS); // Nothing came for days.
    this.#gain = 1;
    this.#lastMs = Math.max(this.#lastMs, atMs);
  }
}

function bucketOf(waitedMs: number): number {
  const bucket = Math.floor(BUCKETS_PER_DOUBLING * Math.log2(1 + Math.max(0, waitedMs) / SCALE_MS));
  return Math.min(BUCKETS - 1, bucket);
}

function startOf(bucket: number): number {
  return SCALE_MS * (2 ** (bucket / BUCKETS_PER_DOUBLING) - 1);
}
