// muster player erase: forgets a player, for good.
import { connectFleet, connectMatcher } from "../contract/connection.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";

/** Overwriting what a long journal holds of a player takes a while, in ms. What has begun goes on when the command gives up. */
const ERASE_MS_MAX = 60_000;

/** Makes matcher and fleet forget the player. May be repeated, as when one has refused after the other was done. */
export async function erasePlayer(playerId: string, context: CommandContext): Promise<ExitCode> {
  await using fleet = connectFleet(context.fleetAddress);
  await using matcher = connectMatcher(context.matcherAddress);
  const options = { signal: context.signal, deadlineMs: ERASE_MS_MAX };
  // The matcher first: it could still seat whom the fleet has erased.
  await matcher.playerData.erasePlayer({ playerId }, options);
  await fleet.fleet.erasePlayer({ playerId }, options);
  if (context.json) printJson(context, { playerId, erased: ["matcher", "fleet"] });
  else context.terminal.print(`${playerId} is erased from matcher and fleet`);
  return 0;
}
