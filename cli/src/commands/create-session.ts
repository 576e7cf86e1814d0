// muster sessions create: a session on a fleet, and what becomes of it.
import { type BattleSession, readBattleSession } from "@muster/proto";
import type { CreateServerSessionRequest } from "@muster/proto/fleet";
import { CreationPolicy } from "@muster/proto/session";
import { connectFleet, type FleetConnection } from "../contract/connection.ts";
import { present } from "../contract/session.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { printSessions } from "./sessions.ts";

export type CreateSessionOptions = Omit<CreateServerSessionRequest, "teams" | "creationPolicy" | "owner"> & {
  /** Lets no player in yet. */
  readonly isClosed: boolean;
  /** Until its game has loaded it, or has not. */
  readonly wait: boolean;
};

/** Creates the session and prints it. Exit 1 if it was waited for and did not come alive. */
export async function createSession(options: CreateSessionOptions, context: CommandContext): Promise<ExitCode> {
  await using fleet = connectFleet(context.fleetAddress);
  const { isClosed, wait, ...wishes } = options;
  const creationPolicy = isClosed ? CreationPolicy.DENY_ALL : CreationPolicy.ACCEPT_ALL;
  const request = { ...wishes, teams: [], creationPolicy, owner: "" };
  const { session } = await fleet.fleet.createServerSession(request, { signal: context.signal });
  const created = readBattleSession(present("session", session));
  const last = wait ? await seeSettled(fleet, created, context.signal) : created;
  printSessions([last], "", context);
  return wait && last.state !== "ACTIVE" ? 1 : 0;
}

/** The session as soon as it no longer loads. */
async function seeSettled(fleet: FleetConnection, created: BattleSession, signal: AbortSignal): Promise<BattleSession> {
  const request = { battleSessionIds: [created.battleSessionId], includeEnded: true };
  let last = created;
  for await (const { event } of fleet.fleet.watchSessions({ owner: "", resumeToken: "" }, { signal })) {
    const concerns = event?.$case === "sessionChange" && event.value.battleSessionId === created.battleSessionId;
    if (event?.$case !== "snapshotEnd" && !concerns) continue;
    const { sessions } = await fleet.fleet.describeServerSessions(request, { signal });
    last = readBattleSession(present("sessions[0]", sessions[0]));
    if (last.state !== "ACTIVATING") break;
  }
  return last;
}
