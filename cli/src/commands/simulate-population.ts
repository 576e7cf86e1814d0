// muster simulate --population: what a configuration, or variants of it, make of players who are drawn. Asks no service.
import { writeFile } from "node:fs/promises";
import { createSeededRandom } from "@muster/kit";
import {
  chartOf,
  compareVariants,
  drawFrontier,
  EMPTY_SEATS,
  generateArrivals,
  parseVariation,
  type Quality,
  readPopulation,
  showValue,
  type VariantResult,
  type Variation,
} from "@muster/matcher";
import { UsageError } from "../arguments/usage-error.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";
import { formatTable } from "./format-table.ts";
import { readJsonFile } from "./json-file.ts";

export type PopulationFlags = {
  readonly configuration: string;
  readonly population: string;
  readonly until?: number;
  readonly seed?: number;
  /** As in `rules[fair].maxDistance=50,100`. */
  readonly vary?: string;
  /** File that the chart is written to. */
  readonly chart?: string;
  /** Rule whose distance the chart shows. */
  readonly quality?: string;
  /** File that the drawn tickets are written to. */
  readonly writeTickets?: string;
};

/**
 * Prints one line a variant.
 *
 * @throws {MusterError} CONFIG_INVALID, FIELD_INVALID, RULE_SET_INVALID for a file that cannot be read or is not what it should be.
 * @throws {UsageError} `quality` is nothing that the rule set measures, or a file cannot be written.
 */
export async function simulatePopulation(flags: PopulationFlags, context: CommandContext): Promise<ExitCode> {
  const { seed, until: untilSeconds } = flags;
  const variation = flags.vary === undefined ? undefined : parseVariation(flags.vary);
  const document = await readJsonFile(flags.configuration);
  const population = readPopulation(await readJsonFile(flags.population));
  if (flags.writeTickets !== undefined) {
    const events = generateArrivals(population, createSeededRandom(seed ?? population.seed));
    await write(flags.writeTickets, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  }
  const results: VariantResult[] = [];
  let quality: Quality | undefined;
  for (const result of compareVariants({ document, population, variation, seed, untilSeconds })) {
    results.push(result);
    quality ??= findQuality(result, flags.quality);
    const { matched: _, ...figures } = result;
    if (context.json) printJson(context, { type: "Variant", target: variation?.target, ...figures });
  }
  if (!context.json) for (const line of describe(results, variation)) context.terminal.print(line);
  if (flags.chart !== undefined && quality) {
    await write(flags.chart, drawFrontier(chartOf(results, { quality, target: variation?.target })));
  }
  return 0;
}

async function write(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: Error) => {
    throw new UsageError(`Cannot write ${path}: ${error.message}`);
  });
}

/** The quality of that name, or the first that a rule measures. */
function findQuality({ qualities }: VariantResult, name: string | undefined): Quality {
  const found = name === undefined ? qualities[0] : qualities.find((quality) => quality.name === name);
  if (found) return found;
  const known = qualities.map((quality) => quality.name).join(", ");
  throw new UsageError(`Cannot chart ${name} as the rule set measures ${known}`);
}

function describe(results: readonly VariantResult[], variation: Variation | undefined): readonly string[] {
  const qualities = results[0]?.qualities.filter(({ name }) => name !== EMPTY_SEATS) ?? [];
  const head = [
    ...["MATCHES", "WAIT P50", "P95", "P99", "MAX", "MATCHED", "TIMED OUT", "LEFT"],
    ...qualities.flatMap(({ name }) => [`${name} MEAN`, "P95"]),
    "SEATS FILLED",
  ];
  const rows = results.map((result) => figuresOf(result, qualities));
  const [aligned, ...cells] = alignRight([head, ...rows]);
  const values = results.map(({ value }) => (value === undefined ? "as it is" : showValue(value)));
  const remarks = results.flatMap(({ value, tickets: { refused }, refusal, lints }) => {
    const where = value === undefined ? "" : ` with ${showValue(value)}`;
    const refusals = refusal === undefined ? [] : [`${refused} tickets were refused${where}: ${refusal}`];
    return [...lints.map(({ code, at, message }) => `warning ${code} ${at}${where}: ${message}`), ...refusals];
  });
  const table = formatTable(
    [variation?.target ?? "", ...(aligned ?? [])],
    cells.map((row, index) => [values[index] ?? "", ...row]),
  );
  return [...table, ...remarks];
}

function figuresOf({ tickets, matches, fills, waits, qualities }: VariantResult, shown: readonly Quality[]) {
  const { started, matched, timedOut, left } = tickets;
  const share = (part: number) => (started === 0 ? "-" : `${((100 * part) / started).toFixed(1)} %`);
  const measured = shown.map(({ name }) => qualities.find((quality) => quality.name === name));
  const empty = qualities.find(({ name }) => name === EMPTY_SEATS)?.mean;
  return [
    fills === 0 ? String(matches) : `${matches}+${fills}`,
    ...[waits.p50, waits.p95, waits.p99, waits.max].map((seconds) => show(seconds, " s")),
    ...[share(matched), share(timedOut), share(left)],
    ...measured.flatMap((quality) => [show(quality?.mean), show(quality?.p95)]),
    empty === undefined ? "-" : `${(100 - empty).toFixed(1)} %`,
  ];
}

function show(value: number | undefined, unit = ""): string {
  return value === undefined ? "-" : value.toFixed(1) + unit;
}

function alignRight(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)));
}
