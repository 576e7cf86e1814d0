// `muster ping`: how far the fleet's regions are from this machine.
import { limits } from "@muster/proto";
import { latenciesOf, measureLatencies, type PingWay, type RegionLatency } from "@muster/sdk/ping";
import { UsageError } from "../arguments/usage-error.ts";
import { connectFleet } from "../contract/connection.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";
import { formatTable } from "./format-table.ts";

export type PingFlags = {
  /** Empty: all of them. */
  readonly regions: readonly string[];
  readonly count: number;
  /** How long to wait for each answer, in ms. */
  readonly timeoutMs: number;
  readonly via?: PingWay | undefined;
};

const HEAD = ["REGION", "ROUND TRIP", "BEST", "JITTER", "LOST", "BY"];

/** Exit code 1 if a region gave no answer. With --json one line a region. */
export async function pingRegions(flags: PingFlags, context: CommandContext): Promise<ExitCode> {
  const { signal } = context;
  if (flags.timeoutMs > limits.LATENCY_MS_MAX) {
    throw new UsageError(`Cannot wait ${flags.timeoutMs} ms for an answer: at most ${limits.LATENCY_MS_MAX / 1_000}s`);
  }
  await using connection = connectFleet(context.fleetAddress);
  const { regions } = await connection.fleet.describeRegions({}, { signal });
  const unknown = flags.regions.find((name) => !regions.some((region) => region.name === name));
  if (unknown !== undefined) {
    throw new UsageError(
      `Cannot measure ${unknown}: the fleet's regions are ${regions.map(({ name }) => name).join(", ")}`,
    );
  }
  const asked = regions.filter(({ name }) => flags.regions.length === 0 || flags.regions.includes(name));
  const targets = asked.map(({ name, udpPingAddress, httpPingUrl }) => ({
    name,
    udpAddress: udpPingAddress,
    httpUrl: httpPingUrl,
  }));
  const { count: attempts, timeoutMs, via } = flags;
  const measured = await measureLatencies(targets, { attempts, timeoutMs, ...(via && { via }), signal });
  if (context.json) for (const one of measured) printJson(context, one);
  else print(measured, context);
  return measured.every(({ latencyMs }) => latencyMs !== undefined) ? 0 : 1;
}

function print(measured: readonly RegionLatency[], { terminal }: CommandContext): void {
  for (const line of formatTable(HEAD, measured.map(rowOf))) terminal.print(line);
  if (measured.some(({ via }) => via === undefined)) {
    terminal.note(
      "A region without a way to measure it has no beacon, udpPing or httpPing under `regions` in muster.json",
    );
  }
  const pairs = Object.entries(latenciesOf(measured)).map(([region, ms]) => `${region}=${ms}`);
  if (pairs.length > 0) terminal.note(`for npx muster ticket start: --latencies ${pairs.join(",")}`);
}

function rowOf({ region, latencyMs, bestMs, jitterMs, sent, lost, via }: RegionLatency): readonly string[] {
  const ms = (value: number | undefined) => (value === undefined ? "–" : `${value} ms`);
  return [region, ms(latencyMs), ms(bestMs), ms(jitterMs), via ? `${lost} of ${sent}` : "–", via ?? "nothing"];
}
