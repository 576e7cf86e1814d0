// muster player erase: forgets a player, for good.
import { connectMatcher } from "../contract/connection.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";

/** Overwriting what a long journal holds of a player takes a while, in ms. What has begun goes on when the command gives up. */
const ERASE_MS_MAX = 60_000;

/** Makes the matcher forget the player. May be repeated. */
export async function erasePlayer(playerId: string, context: CommandContext): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  await matcher.playerData.erasePlayer({ playerId }, { signal: context.signal, deadlineMs: ERASE_MS_MAX });
  if (context.json) printJson(context, { playerId, erased: ["matcher"] });
  else context.terminal.print(`${playerId} is erased from the matcher`);
  return 0;
}
