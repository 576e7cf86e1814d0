// muster player erase: makes matcher and fleet forget a player, for good.
import { connectFleet, connectMatcher } from "../contract/connection.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";

/** Overwriting what a long journal holds of a player takes a while, in ms. What has begun goes on when the command gives up. */
const ERASE_MS_MAX = 60_000;

/**
 * Erases the player from the matcher first, which refuses whoever waits for a match or sits in a battle, then from the fleet. May
 * be repeated, whatever the first attempt came to.
 */
export async function erasePlayer(playerId: string, context: CommandContext): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  await using fleet = connectFleet(context.fleetAddress);
  const options = { signal: context.signal, deadlineMs: ERASE_MS_MAX };
  await matcher.playerData.erasePlayer({ playerId }, options);
  await fleet.fleet.erasePlayer({ playerId }, options);
  if (context.json) printJson(context, { playerId, erased: true });
  else context.terminal.print(`${playerId} is erased: neither the matcher nor the fleet knows the player any more`);
  return 0;
}
