// muster sessions --filter … --sort …: active sessions that the fleet finds.
import { type BattleSession, readBattleSession } from "@muster/proto";
import { connectFleet } from "../contract/connection.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { printSessions } from "./sessions.ts";

export type SessionSearch = { readonly filter: string; readonly sort: string; readonly limit: number };

const PAGE_MAX = 100;

/** Prints the first `limit` sessions that the filter selects, in the order of the sort. With --json one a line. */
export async function searchSessions(
  { filter, sort, limit }: SessionSearch,
  context: CommandContext,
): Promise<ExitCode> {
  await using fleet = connectFleet(context.fleetAddress);
  const found: BattleSession[] = [];
  let pageToken = "";
  do {
    const request = { filter, sort, limit: Math.min(limit - found.length, PAGE_MAX), pageToken, fleet: "" };
    const page = await fleet.fleet.searchServerSessions(request, { signal: context.signal });
    found.push(...page.sessions.map(readBattleSession));
    pageToken = page.nextPageToken;
  } while (pageToken !== "" && found.length < limit);
  printSessions(found, "No active session fits.", context);
  if (pageToken !== "" && !context.json)
    context.terminal.print(`These are the first ${found.length}: --limit shows more.`);
  return 0;
}
