// muster simulate: what a configuration makes of tickets that come at given times. Asks no service.
import { setImmediate as immediate } from "node:timers/promises";
import {
  isQueryDocument,
  readQuerySetting,
  readSimulationEvents,
  readSimulationSetting,
  type SimulationEvent,
  type SimulationFact,
  type SimulationOptions,
  type SimulationSummary,
  simulate,
  simulateQueries,
  writeSimulationFact,
} from "@muster/matcher";
import type { CommandContext, ExitCode } from "./context.ts";
import { formatTable } from "./format-table.ts";
import { readJsonFile, readTextFile } from "./json-file.ts";

export type SimulateFlags = {
  readonly configuration: string;
  readonly tickets: string;
  readonly until?: number;
  readonly seed?: number;
};

/** Rows that a person reads; machines take all with --json. */
const ROWS_MAX = 200;

/**
 * Prints what happens, and what it comes to.
 *
 * @throws {MusterError} FIELD_INVALID or RULE_SET_INVALID for a file that cannot be read, is no configuration, or is not sorted.
 */
export async function runSimulation(flags: SimulateFlags, context: CommandContext): Promise<ExitCode> {
  const { until: untilSeconds, seed } = flags;
  const run = simulationOf(await readJsonFile(flags.configuration));
  const events = readSimulationEvents(await readTextFile(flags.tickets));
  const options = { ...(untilSeconds === undefined ? {} : { untilSeconds }), ...(seed === undefined ? {} : { seed }) };
  const facts = run(events, options);
  return await printAll(context.json ? written(facts) : describe(facts), context);
}

/** How the configuration that `document` is, with a rule set or a query, is played. */
function simulationOf(
  document: unknown,
): (events: readonly SimulationEvent[], options: SimulationOptions) => Iterable<SimulationFact> {
  if (isQueryDocument(document)) {
    const setting = readQuerySetting(document);
    return (events, options) => simulateQueries(setting, events, options);
  }
  const setting = readSimulationSetting(document);
  return (events, options) => simulate(setting, events, options);
}

function* written(facts: Iterable<SimulationFact>): Iterable<string> {
  for (const fact of facts) yield writeSimulationFact(fact);
}

/** So many lines are printed before whoever reads them gets a chance to have enough. */
const LINES_AT_ONCE = 512;

async function printAll(lines: Iterable<string>, { terminal, signal }: CommandContext): Promise<ExitCode> {
  let printed = 0;
  for (const line of lines) {
    terminal.print(line);
    printed += 1;
    if (printed % LINES_AT_ONCE === 0) await immediate();
    if (signal.aborted) return 1;
  }
  return 0;
}

/** A table of what happened, and one of what it comes to. */
function describe(facts: Iterable<SimulationFact>): readonly string[] {
  const rows: (readonly string[])[] = [];
  let count = 0;
  let summary: SimulationSummary | undefined;
  for (const fact of facts) {
    if (fact.type === "Summary") {
      summary = fact;
      continue;
    }
    count += 1;
    if (rows.length < ROWS_MAX) rows.push([fact.at.toFixed(3), fact.type, subjectOf(fact), detailOf(fact)]);
  }
  const more = count > rows.length ? [`… and ${count - rows.length} more: --json prints all`] : [];
  return [...formatTable(["AT", "WHAT", "OF", ""], rows), ...more, "", ...(summary ? describeSummary(summary) : [])];
}

type Told = Exclude<SimulationFact, SimulationSummary>;

function subjectOf(fact: Told): string {
  switch (fact.type) {
    case "MatchFormed": {
      const into = fact.battleSessionId === undefined ? "" : ` into ${fact.battleSessionId}`;
      return `${fact.matchId}${into}${fact.alternative === undefined ? "" : `, alternative ${fact.alternative}`}`;
    }
    case "MatchProposed":
    case "MatchAccepted":
    case "ProposalEnded":
      return fact.matchId;
    case "BackfillUpdated":
    case "PlayerLeft":
      return fact.battleSessionId;
    case "Refused":
      return fact.ticketId ?? fact.battleSessionId ?? fact.matchId ?? "-";
    default:
      return fact.ticketId;
  }
}

function detailOf(fact: Told): string {
  switch (fact.type) {
    case "MatchProposed":
    case "MatchFormed":
      return Object.entries(fact.teams)
        .map(([team, seats]) => `${team}: ${seats.map((seat) => seat.playerId).join(", ")}`)
        .join("; ");
    case "BackfillUpdated": {
      const teams = fact.progress.map(({ team, have, reserved, goal }) => `${team} ${have + reserved} of ${goal}`);
      const why = fact.cause ?? (fact.noLegalFill ? "no fill can be legal" : undefined);
      return `${fact.state}${why === undefined ? "" : ` (${why})`}: ${teams.join(", ")}`;
    }
    case "Refused":
      return `${fact.op}: ${fact.message} (${fact.reason})`;
    case "MatchAccepted":
      return fact.playerIds.join(", ");
    case "ProposalEnded":
      return fact.reason;
    case "TicketCancelled":
      return fact.cause ?? "";
    case "TicketReturned":
    case "TicketFailed":
      return fact.cause;
    case "PlayerLeft":
      return fact.playerId;
    default:
      return "";
  }
}

function describeSummary({
  until,
  counts,
  waits,
  estimates,
  spreads,
  ticketsLeft,
}: SimulationSummary): readonly string[] {
  const { started, matched, playersMatched, matches, fills, timedOut, cancelled, failed, refused } = counts;
  const distributions = [["wait in s", waits] as const, ...Object.entries(spreads)];
  const rows = distributions.map(([name, { p50, p95, p99, max }]) => [name, ...[p50, p95, p99, max].map(show)]);
  return [
    `Until ${until} s: ${started} tickets started, ${matched} matched (${playersMatched} players in ${matches} matches and ${fills} fills),`,
    `${timedOut} timed out, ${cancelled} cancelled, ${failed} failed, ${ticketsLeft} left; ${refused} events refused`,
    ...(counts.proposals ? [describeProposals(counts.proposals)] : []),
    "",
    ...formatTable(["", "P50", "P95", "P99", "MAX"], rows),
    ...describeEstimates(estimates),
  ];
}

type Counts = SimulationSummary["counts"];

function describeProposals({ made, accepted, refused, unanswered }: NonNullable<Counts["proposals"]>): string {
  return `${made} matches proposed: ${accepted} accepted, ${refused} refused, ${unanswered} not answered in time`;
}

function describeEstimates({ tickets, meanAbsoluteError, relativeError }: SimulationSummary["estimates"]) {
  if (meanAbsoluteError === null) return [];
  const share = relativeError === null ? "" : `, ${Math.round(relativeError * 100)} % of the average wait`;
  return [
    "",
    `Estimates of the wait, given to ${tickets} matched tickets, were ${meanAbsoluteError} s off on average${share}`,
  ];
}

function show(value: number | null): string {
  return value === null ? "-" : String(value);
}
