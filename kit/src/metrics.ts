// Numbers about a running process, in the text format that Prometheus reads. A registry of our own, as a library for it would take
// more memory than a sidecar has (docs/dependencies.md). What is cheap to count is counted; what a state knows is asked when somebody
// reads.

export type Labels = Readonly<Record<string, string>>;

/** What a gauge finds when it is read: one number, or one for each of several things. */
export type Reading = number | readonly { readonly labels: Labels; readonly value: number }[];

export interface Counter {
  /** Adds `by`, which is not negative. Default 1. */
  add(labels?: Labels, by?: number): void;
}

export interface Histogram {
  observe(value: number, labels?: Labels): void;
}

export interface Metrics {
  /** `name` ends in `_total`. The same name again is the same counter. */
  counter(name: string, help: string): Counter;
  /** Asked at each reading. The same name again adds to what is read. */
  gauge(name: string, help: string, read: () => Reading): void;
  /** `name` ends in its unit; `bounds` rise. */
  histogram(name: string, help: string, bounds: readonly number[]): Histogram;
  /** Every gauge as it stands. */
  readGauges(): readonly { readonly name: string; readonly labels: Labels; readonly value: number }[];
  /** Everything, in the text format, version 0.0.4. */
  render(): string;
}

/** Of what `render` gives, for the header of an answer. */
export const METRICS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Lines of one name: labels come from configurations and methods, and a mistake there must not fill the memory. */
const SERIES_MAX = 2_000;

type Family = {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly lines: () => readonly string[];
};

export function createMetrics(): Metrics {
  const families = new Map<string, Family>();
  const counters = new Map<string, Counter>();
  const histograms = new Map<string, Histogram>();
  const gauges = new Map<string, (() => Reading)[]>();

  return {
    counter(name, help) {
      const known = counters.get(name);
      if (known) return known;
      const values = new Map<string, number>();
      const counter: Counter = {
        add(labels = {}, by = 1) {
          const key = writeLabels(labels);
          if (values.size >= SERIES_MAX && !values.has(key)) return;
          values.set(key, (values.get(key) ?? 0) + by);
        },
      };
      counters.set(name, counter);
      families.set(name, {
        ...{ type: "counter", help },
        lines: () => [...values].map(([labels, value]) => `${name}${labels} ${value}`),
      });
      return counter;
    },
    gauge(name, help, read) {
      const known = gauges.get(name);
      if (known) return void known.push(read);
      const reads = [read];
      gauges.set(name, reads);
      families.set(name, {
        ...{ type: "gauge", help },
        lines: () => reads.flatMap((one) => readingLines(name, one())),
      });
    },
    histogram(name, help, bounds) {
      const known = histograms.get(name);
      if (known) return known;
      const series = new Map<string, Series>();
      const histogram: Histogram = {
        observe(value, labels = {}) {
          const key = writeLabels(labels);
          let one = series.get(key);
          if (!one) {
            if (series.size >= SERIES_MAX) return;
            one = { labels, counts: new Array<number>(bounds.length + 1).fill(0), sum: 0 };
            series.set(key, one);
          }
          const index = bounds.findIndex((bound) => value <= bound);
          const bucket = index === -1 ? bounds.length : index;
          one.counts[bucket] = (one.counts[bucket] ?? 0) + 1;
          one.sum += value;
        },
      };
      histograms.set(name, histogram);
      families.set(name, {
        ...{ type: "histogram", help },
        lines: () => [...series.values()].flatMap((one) => histogramLines(name, bounds, one)),
      });
      return histogram;
    },
    readGauges: () =>
      [...gauges].flatMap(([name, reads]) =>
        reads.flatMap((one) => numbersOf(one()).map((number) => ({ name, ...number }))),
      ),
    render() {
      const parts = [...families].map(([name, { type, help, lines }]) =>
        [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines()].join("\n"),
      );
      return `${parts.join("\n")}\n`;
    },
  };
}

type Series = { readonly labels: Labels; readonly counts: number[]; sum: number };

function readingLines(name: string, reading: Reading): readonly string[] {
  return numbersOf(reading).map(({ labels, value }) => `${name}${writeLabels(labels)} ${value}`);
}

function numbersOf(reading: Reading): readonly { readonly labels: Labels; readonly value: number }[] {
  return typeof reading === "number" ? [{ labels: {}, value: reading }] : reading.slice(0, SERIES_MAX);
}

function histogramLines(name: string, bounds: readonly number[], { labels, counts, sum }: Series): readonly string[] {
  let count = 0;
  const buckets = [...bounds.map(String), "+Inf"].map((le, index) => {
    count += counts[index] ?? 0;
    return `${name}_bucket${writeLabels({ ...labels, le })} ${count}`;
  });
  return [...buckets, `${name}_sum${writeLabels(labels)} ${sum}`, `${name}_count${writeLabels(labels)} ${count}`];
}

function writeLabels(labels: Labels): string {
  let pairs = "";
  // By hand: every ticket is counted.
  for (const name in labels) pairs += `${pairs === "" ? "" : ","}${name}="${escapeLabel(labels[name] ?? "")}"`;
  return pairs === "" ? "" : `{${pairs}}`;
}

const ESCAPED = /[\\"\n]/;

function escapeLabel(value: string): string {
  if (!ESCAPED.test(value)) return value;
  return value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");
}
