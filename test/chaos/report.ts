// What a run did and what came of it, for people.
import { systemRandom } from "@muster/kit";
import type { Entry } from "./history/entry.ts";
import type { Finding } from "./history/finding.ts";
import { isOf, readCalls, readTicketTrails } from "./history/ticket-trail.ts";
import type { ChaosResult } from "./run-chaos.ts";

export type ChaosFigures = {
  readonly kills: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly tickets: Readonly<Record<string, number>>;
  readonly players: Readonly<Record<string, number>>;
  readonly recoveryMs: Readonly<Record<string, { readonly p50: number; readonly max: number; readonly count: number }>>;
  readonly journals: Readonly<Record<string, string>>;
  readonly firstWholeMs: number;
  readonly wholeAfterMs: number | undefined;
  readonly entries: number;
  readonly tookMs: number;
};

/** Counts of a run. */
export function figuresOf(result: ChaosResult): ChaosFigures {
  const { entries, faults, journals, firstWholeMs, wholeAfterMs, tookMs } = result;
  return {
    kills: { ...faults.kills, total: Object.values(faults.kills).reduce((sum, count) => sum + count, 0) },
    faults: faults.faults,
    tickets: countTickets(entries),
    players: countPlayers(entries),
    recoveryMs: { matcher: recoveries(entries, "matcher"), fleet: recoveries(entries, "fleet") },
    journals: Object.fromEntries(
      journals.map(({ partition, records, owners, snapshotSequence }) => [
        partition,
        `${records} records of ${owners} owners after a snapshot of ${snapshotSequence}`,
      ]),
    ),
    firstWholeMs,
    wholeAfterMs,
    entries: entries.length,
    tookMs,
  };
}

function countTickets(entries: readonly Entry[]): Record<string, number> {
  const counts: Record<string, number> = {
    asked: 0,
    acknowledged: 0,
    "calls unknown": 0,
    "cancels granted": 0,
    "cancels too late": 0,
  };
  const add = (what: string) => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  for (const { starts, cancels, reads, sightings } of readTicketTrails(entries).values()) {
    add("asked");
    if (starts.some(({ outcome }) => "ok" in outcome)) add("acknowledged");
    for (const { outcome } of [...starts, ...cancels, ...reads]) if ("unknown" in outcome) add("calls unknown");
    for (const { outcome } of cancels) {
      if ("ok" in outcome) add("cancels granted");
      if ("refused" in outcome && outcome.refused === "TICKET_ALREADY_MATCHED") add("cancels too late");
    }
    const last = sightings.at(-1)?.view.state;
    if (last) add(last.toLowerCase());
  }
  return counts;
}

function countPlayers(entries: readonly Entry[]): Record<string, number> {
  const counts: Record<string, number> = {
    "joins asked": 0,
    joined: 0,
    "joins refused": 0,
    "joins unknown": 0,
    returned: 0,
  };
  const add = (what: string) => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  for (const call of readCalls(entries)) {
    if (!isOf(call, "join")) continue;
    add("joins asked");
    if ("refused" in call.outcome) add("joins refused");
    if ("unknown" in call.outcome) add("joins unknown");
    if ("ok" in call.outcome) add(call.ask.returns ? "returned" : "joined");
  }
  return counts;
}

/** From the death of a service to the first moment at which another listens. */
function recoveries(entries: readonly Entry[], service: string) {
  const tookMs: number[] = [];
  let diedMs: number | undefined;
  for (const entry of entries) {
    if (entry.type !== "fault" || entry.target !== service) continue;
    if (entry.name === "killed") diedMs ??= entry.atMs;
    if (entry.name !== "serving" || diedMs === undefined) continue;
    tookMs.push(Math.round(entry.atMs - diedMs));
    diedMs = undefined;
  }
  const sorted = tookMs.toSorted((one, other) => one - other);
  return { p50: sorted[Math.floor(sorted.length / 2)] ?? 0, max: sorted.at(-1) ?? 0, count: sorted.length };
}

/** The figures as lines of a table. */
export function renderFigures(figures: ChaosFigures): string {
  const line = (name: string, values: Readonly<Record<string, unknown>>) =>
    `${name.padEnd(10)} ${Object.entries(values)
      .map(([what, value]) => `${what} ${value}`)
      .join(" · ")}`;
  const recovery = Object.fromEntries(
    Object.entries(figures.recoveryMs).map(([name, { p50, max, count }]) => [
      name,
      `p50 ${p50} ms, max ${max} ms of ${count}`,
    ]),
  );
  return [
    line("kills", figures.kills),
    line("faults", figures.faults),
    line("tickets", figures.tickets),
    line("players", figures.players),
    line("recovery", recovery),
    line("journals", figures.journals),
    line("whole", {
      "after the start": `${figures.firstWholeMs} ms`,
      "after the last fault": `${figures.wholeAfterMs ?? "never"} ms`,
    }),
    line("checked", { entries: figures.entries, seconds: (figures.tookMs / 1_000).toFixed(1) }),
  ].join("\n");
}

const LINES_MAX = 30;
const LINE_CHARS_MAX = 400;

/** A finding with the lines of the history that name what it is about. */
export function renderFinding({ promise, why, about }: Finding, entries: readonly Entry[]): string {
  const lines = about.length === 0 ? [] : linesAbout(about, entries);
  const shown =
    lines.length > LINES_MAX ? [...lines.slice(0, LINES_MAX / 2), "…", ...lines.slice(-LINES_MAX / 2)] : lines;
  return [`${promise}: ${why}`, ...shown.map((text) => `    ${text}`)].join("\n");
}

function linesAbout(about: readonly string[], entries: readonly Entry[]): readonly string[] {
  const calls = new Set<number>();
  return entries.flatMap((entry) => {
    const text = JSON.stringify(entry);
    // Sessions tell of everybody in them: shown where it is about the session.
    if (entry.type === "session" && !about.includes(entry.session.battleSessionId)) return [];
    const names = about.some((id) => text.includes(id)) || (entry.type === "answered" && calls.has(entry.call));
    if (names && entry.type === "asked") calls.add(entry.call);
    return names ? [text.slice(0, LINE_CHARS_MAX)] : [];
  });
}

/** A seed for a run that was given none. */
export function drawSeed(): number {
  return 1 + Math.floor(systemRandom.fraction() * 999_999);
}
