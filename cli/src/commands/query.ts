// muster query: what a query says, and whom it finds. Asks no service.
import {
  describeQuery,
  describeQueryProblem,
  explainSearch,
  isQuery,
  parseQuery,
  type QueryMode,
  type QueryProblem,
  queryDocument,
  scoreOf,
} from "@muster/rules";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";
import { formatTable } from "./format-table.ts";
import { readQueryTickets } from "./query-tickets.ts";

/** Prints what the query asks and what may not be meant; exit code 1 if it cannot be read. */
export async function checkQuery(
  text: string,
  { mode }: { readonly mode: QueryMode },
  context: CommandContext,
): Promise<ExitCode> {
  const query = parseQuery(text, mode);
  if (!isQuery(query)) return refuse(query, { text, mode }, context);
  const { lints, searchFailure } = query;
  if (context.json) {
    printJson(context, { legal: true, mode, problems: [], explanation: describeQuery(query), searchFailure, lints });
    return 0;
  }
  const lines = [
    `the query can be read (${mode}); it asks for:`,
    ...describeQuery(query).map((line) => `  ${line}`),
    ...(searchFailure === undefined ? [] : [`  every search by it fails: ${searchFailure}`]),
    ...lints.map(({ message, start, end }) => `  perhaps not meant: "${cut(text.slice(start, end))}" ${message}`),
  ];
  for (const line of lines) context.terminal.print(line);
  return 0;
}

/** Prints the tickets of a file that the query finds: the highest score first, of one score the oldest. */
export async function testQuery(
  text: string,
  { mode, tickets }: { readonly mode: QueryMode; readonly tickets: string },
  context: CommandContext,
): Promise<ExitCode> {
  const query = parseQuery(text, mode);
  if (!isQuery(query)) return refuse(query, { text, mode }, context);
  const all = await readQueryTickets(tickets);
  const found = all.flatMap((ticket) => {
    const score = scoreOf(query, queryDocument(ticket));
    return score === undefined ? [] : [{ ticketId: ticket.ticketId, score, createdAtMs: ticket.createdAtMs }];
  });
  // Of one moment the order of the file holds: sorting is stable.
  const sorted = found.toSorted((one, other) => other.score - one.score || one.createdAtMs - other.createdAtMs);
  if (context.json) {
    for (const { ticketId, score } of sorted) printJson(context, { ticketId, score });
    return 0;
  }
  const rows = sorted.map(({ ticketId, score }) => [ticketId, String(score)]);
  const failure = query.searchFailure === undefined ? [] : [`every search by it fails: ${query.searchFailure}`];
  const count = `${sorted.length} of ${all.length} tickets`;
  for (const line of [...formatTable(["TICKET", "SCORE"], rows), count, ...failure]) context.terminal.print(line);
  return 0;
}

/** Prints what each clause leaves of the tickets of a file, and what those lack that come nearest. */
export async function explainQuery(
  text: string,
  { mode, tickets }: { readonly mode: QueryMode; readonly tickets: string },
  context: CommandContext,
): Promise<ExitCode> {
  const query = parseQuery(text, mode);
  if (!isQuery(query)) return refuse(query, { text, mode }, context);
  const all = (await readQueryTickets(tickets)).toSorted((one, other) => one.createdAtMs - other.createdAtMs);
  const searched = all.map((ticket) => ({ ticketId: ticket.ticketId, document: queryDocument(ticket) }));
  const explanation = explainSearch(query, searched);
  if (context.json) {
    printJson(context, { ...explanation, searchFailure: query.searchFailure });
    return 0;
  }
  const { clauses, found, nearest } = explanation;
  const rows = clauses.map(({ clause, holds, left }) => [clause, String(holds), String(left)]);
  const lines = [
    ...formatTable(["CLAUSE", "HOLDS FOR", "LEAVES"], rows),
    `${found} of ${all.length} tickets`,
    ...nearest.map(({ ticketId, misses }) => `nearest: ${ticketId}, whose ${misses.join("; ")}`),
    ...(query.searchFailure === undefined ? [] : [`every search by it fails: ${query.searchFailure}`]),
  ];
  for (const line of lines) context.terminal.print(line);
  return 0;
}

function refuse(
  problem: QueryProblem,
  { text, mode }: { readonly text: string; readonly mode: QueryMode },
  context: CommandContext,
): ExitCode {
  if (context.json) {
    printJson(context, { legal: false, mode, problems: [problem] });
    return 1;
  }
  const before = [...text.slice(0, problem.start)].length;
  context.terminal.print(describeQueryProblem(problem));
  if (!/[\n\t]/.test(text) && text.length <= 100) {
    context.terminal.print(`  ${text}`);
    context.terminal.print(`  ${" ".repeat(before)}^`);
  }
  return 1;
}

function cut(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
