// muster backfill start | cancel | show | list: what a game does for its session, done by an operator.

import { systemRandom } from "@muster/kit";
import { type Backfill, type BattleSession, newId, readBackfill, readBattleSession } from "@muster/proto";
import type { Backfill as WireBackfill } from "@muster/proto/session";
import { BackfillStrategy } from "@muster/proto/session";
import type { BackfillRequest } from "../arguments/strategy.ts";
import { connectFleet, connectMatcher } from "../contract/connection.ts";
import { present } from "../contract/session.ts";
import { explainBackfill } from "../view/backfill-meaning.ts";
import { describeProgress } from "../view/describe-session.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";
import { formatTable } from "./format-table.ts";

export type StartBackfillOptions = {
  readonly request: BackfillRequest;
  /** End a live backfill in the same step, instead of being refused. */
  readonly replace: boolean;
};

export type ListBackfillsOptions = {
  /** Ended backfills, and those of ended sessions, too. */
  readonly includeEnded: boolean;
};

/** Starts to look for players for the session. */
export async function startBackfill(
  battleSessionId: string,
  options: StartBackfillOptions,
  context: CommandContext,
): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  const { request: wanted, replace } = options;
  const request = {
    battleSessionId,
    strategy: BackfillStrategy[wanted.strategy],
    addPlayers: wanted.strategy === "CUSTOM" ? { ...wanted.addPlayers } : {},
    replace,
    requestId: newId("backfill", systemRandom),
    capability: "",
    seenRevision: 0,
  };
  const { backfill } = await matcher.backfills.startBackfill(request, { signal: context.signal });
  return printBackfill(backfill, context);
}

/** Ends the live backfill of the session. */
export async function cancelBackfill(battleSessionId: string, context: CommandContext): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  const request = { battleSessionId, requestId: newId("backfill", systemRandom), capability: "" };
  const { backfill } = await matcher.backfills.cancelBackfill(request, { signal: context.signal });
  return printBackfill(backfill, context);
}

/** Prints the last backfill of the session. */
export async function showBackfill(battleSessionId: string, context: CommandContext): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  const request = { battleSessionId, capability: "" };
  const { backfill } = await matcher.backfills.describeBackfill(request, { signal: context.signal });
  return printBackfill(backfill, context);
}

/** Prints the backfill of every session that has one, oldest session first. With --json one a line. */
export async function listBackfills(options: ListBackfillsOptions, context: CommandContext): Promise<ExitCode> {
  await using fleet = connectFleet(context.fleetAddress);
  const request = { battleSessionIds: [], includeEnded: options.includeEnded };
  const { sessions } = await fleet.fleet.describeServerSessions(request, { signal: context.signal });
  const found = sessions.map(readBattleSession).flatMap((session): readonly SessionBackfill[] => {
    const { backfill } = session;
    return backfill && (options.includeEnded || isLive(backfill)) ? [{ session, backfill }] : [];
  });
  if (context.json) {
    for (const { session, backfill } of found) {
      printJson(context, {
        battleSessionId: session.battleSessionId,
        configuration: session.configuration,
        ...backfill,
      });
    }
  } else for (const line of describeBackfills(found)) context.terminal.print(line);
  return 0;
}

type SessionBackfill = { readonly session: BattleSession; readonly backfill: Backfill };

function isLive({ state }: Backfill): boolean {
  return state === "SEARCHING" || state === "PAUSED";
}

function describeBackfills(found: readonly SessionBackfill[]): readonly string[] {
  if (found.length === 0) return ["No backfills. Start one: `npx muster backfill start SESSION`"];
  const rows = found.map(({ session, backfill }) => [
    session.battleSessionId,
    backfill.state,
    backfill.strategy,
    `${session.playerSessions.length}/${session.capacity}`,
    describeProgress(backfill),
    explainBackfill(backfill),
  ]);
  return formatTable(["SESSION", "STATE", "STRATEGY", "PLAYERS", "PROGRESS", "WHY"], rows);
}

function printBackfill(message: WireBackfill | undefined, context: CommandContext): ExitCode {
  const backfill = readBackfill(present("backfill", message));
  if (context.json) printJson(context, backfill);
  else for (const line of describeBackfill(backfill)) context.terminal.print(line);
  return 0;
}

function describeBackfill(backfill: Backfill): readonly string[] {
  const added = Object.entries(backfill.addPlayers).map(([team, count]) => `${team}=${count}`);
  return [
    `backfill  ${backfill.backfillId}`,
    `state     ${backfill.state}${backfill.cause === undefined ? "" : ` (${backfill.cause})`}`,
    `why       ${explainBackfill(backfill)}`,
    `strategy  ${[backfill.strategy, ...added].join(" ")}`,
    ...backfill.progress.map(
      ({ team, have, reserved, goal }) =>
        `team      ${team}: ${have} have come, ${reserved} on their way, goal ${goal}`,
    ),
  ];
}
