// muster backfill start | cancel | show: what a game does for its session, done by an operator.

import { systemRandom } from "@muster/kit";
import { type Backfill, newId, readBackfill } from "@muster/proto";
import type { Backfill as WireBackfill } from "@muster/proto/session";
import { BackfillStrategy } from "@muster/proto/session";
import { connectMatcher } from "../contract/connection.ts";
import { present } from "../contract/session.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";

export type StartBackfillOptions = {
  /** Players to add by team: CUSTOM. Undefined: MAX_POSSIBLE. */
  readonly addPlayers: Readonly<Record<string, number>> | undefined;
  readonly replace: boolean;
};

/** Starts to look for players for the session. */
export async function startBackfill(
  battleSessionId: string,
  options: StartBackfillOptions,
  context: CommandContext,
): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  const { addPlayers, replace } = options;
  const request = {
    battleSessionId,
    strategy: addPlayers ? BackfillStrategy.CUSTOM : BackfillStrategy.MAX_POSSIBLE,
    addPlayers: { ...addPlayers },
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

function printBackfill(message: WireBackfill | undefined, context: CommandContext): ExitCode {
  const backfill = readBackfill(present("backfill", message));
  if (context.json) printJson(context, backfill);
  else for (const line of describeBackfill(backfill)) context.terminal.print(line);
  return 0;
}

function describeBackfill(backfill: Backfill): readonly string[] {
  return [
    `backfill  ${backfill.backfillId}`,
    `state     ${backfill.state}${backfill.cause === undefined ? "" : ` (${backfill.cause})`}`,
    `strategy  ${backfill.strategy}`,
    ...backfill.progress.map(
      ({ team, have, reserved, goal }) =>
        `team      ${team}: ${have} have come, ${reserved} on their way, goal ${goal}`,
    ),
    ...(backfill.noLegalFill ? ["note      no fill can be legal, whoever comes"] : []),
  ];
}
