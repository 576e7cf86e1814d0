// muster sessions: who plays where, and what backfill is about.
import { type BattleSession, readBattleSession } from "@muster/proto";
import { connectFleet } from "../contract/connection.ts";
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
  if (context.json) for (const session of read) context.terminal.print(jsonWithoutSecrets(session));
  else for (const line of describeSessions(read)) context.terminal.print(line);
  return 0;
}

function describeSessions(sessions: readonly BattleSession[]): readonly string[] {
  if (sessions.length === 0) return ["No sessions. Start one: `muster ticket start --players 2`"];
  const rows = sessions.map((session) => [
    session.battleSessionId,
    session.endCause === undefined ? session.state : `${session.state} (${session.endCause})`,
    session.address ? `${session.address.host}:${Object.values(session.address.ports).join(",")}` : "-",
    `${session.playerSessions.length}/${session.capacity}`,
    session.backfill ? session.backfill.state : "-",
    session.customData ? `${session.customData.currentCount}/${session.customData.maxCount}` : "-",
    describeRoster(session),
  ]);
  return formatTable(["SESSION", "STATE", "ADDRESS", "PLAYERS", "BACKFILL", "CUSTOM", "ROSTER"], rows);
}
