// muster sessions: who plays where, and what backfill is about.
import { type BattleSession, readBattleSession } from "@muster/proto";
import { connectFleet, type FleetConnection } from "../contract/connection.ts";
import { jsonWithoutSecrets } from "../contract/without-secrets.ts";
import { describeRoster } from "../view/describe-session.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { formatTable } from "./format-table.ts";

export type SessionsOptions = { readonly ids: readonly string[]; readonly includeEnded: boolean };

/** Prints the sessions that live, or those named, oldest first. With --json one a line. */
export async function listSessions(options: SessionsOptions, context: CommandContext): Promise<ExitCode> {
  await using fleet = connectFleet(context.fleetAddress);
  const request = { battleSessionIds: [...options.ids], includeEnded: options.includeEnded };
  const { sessions } = await fleet.fleet.describeServerSessions(request, { signal: context.signal });
  const read = sessions.map(readBattleSession);
  printSessions(read, "No sessions. Start one: `npx muster ticket start --players 2`", context);
  return 0;
}

/** Prints the sessions of these ids, ended ones too. */
export async function printNamed(
  fleet: FleetConnection,
  ids: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  const request = { battleSessionIds: [...ids], includeEnded: true };
  const { sessions } = await fleet.fleet.describeServerSessions(request, { signal: context.signal });
  printSessions(sessions.map(readBattleSession), "", context);
  return 0;
}

/** Prints each session: as a row of a table, or as one line of JSON without its secrets. `none` is said if there are none. */
export function printSessions(sessions: readonly BattleSession[], none: string, context: CommandContext): void {
  if (context.json) for (const session of sessions) context.terminal.print(jsonWithoutSecrets(session));
  else if (sessions.length === 0) context.terminal.print(none);
  else for (const line of describeSessions(sessions)) context.terminal.print(line);
}

function describeSessions(sessions: readonly BattleSession[]): readonly string[] {
  const isNamed = sessions.some(({ name }) => name !== undefined);
  const rows = sessions.map((session) => [
    session.battleSessionId,
    ...(isNamed ? [session.name ?? "-"] : []),
    session.endCause === undefined ? session.state : `${session.state} (${session.endCause})`,
    session.address ? `${session.address.host}:${Object.values(session.address.ports).join(",")}` : "-",
    `${session.playerSessions.length}/${session.capacity}`,
    session.backfill ? session.backfill.state : "-",
    session.customData ? `${session.customData.currentCount}/${session.customData.maxCount}` : "-",
    describeRoster(session),
  ]);
  const name = isNamed ? ["NAME"] : [];
  return formatTable(["SESSION", ...name, "STATE", "ADDRESS", "PLAYERS", "BACKFILL", "CUSTOM", "ROSTER"], rows);
}
