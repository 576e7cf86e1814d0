// muster keys list | rotate | revoke | redeem: the keys that join tokens are signed with, and the use of a token.
import { drawId, systemRandom } from "@muster/kit";
import { readEnum } from "@muster/proto";
import { type JoinKey, JoinKeyState } from "@muster/proto/matchmaking";
import { connectMatcher } from "../contract/connection.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";
import { formatTable } from "./format-table.ts";

/** Prints every key. With --json one a line. */
export async function listKeys(context: CommandContext): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  const { keys } = await matcher.joinTokens.listJoinKeys({}, { signal: context.signal });
  if (context.json) for (const key of keys) printJson(context, plainKey(key));
  else {
    const rows = keys.map(plainKey).map(({ keyId, state, addedAt }) => [keyId, state, addedAt]);
    for (const line of formatTable(["KEY", "STATE", "ADDED"], rows)) context.terminal.print(line);
  }
  return 0;
}

function plainKey({ keyId, state, addedAt, publicKey }: JoinKey) {
  return { keyId, state: readEnum(JoinKeyState, state) ?? "?", addedAt: addedAt?.toISOString() ?? "?", publicKey };
}

/** Makes a key, and prints its id. */
export async function rotateKey(
  { afterMs, id }: { readonly afterMs: number; readonly id: string },
  context: CommandContext,
): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  // Drawn here: a repeat after a lost answer makes no second one.
  const keyId = id === "" ? drawId("jk", systemRandom) : id;
  const request = { keyId, delaySeconds: Math.ceil(afterMs / 1_000) };
  const { key } = await matcher.joinTokens.rotateJoinKey(request, { signal: context.signal });
  if (context.json && key) printJson(context, plainKey(key));
  else context.terminal.print(`${keyId} ${afterMs === 0 ? "signs from now on" : "is published, and signs after that"}`);
  return 0;
}

/** Ends the key. */
export async function revokeKey(keyId: string, context: CommandContext): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  await matcher.joinTokens.revokeJoinKey({ keyId }, { signal: context.signal });
  if (context.json) printJson(context, { keyId });
  else context.terminal.print(`Tokens of ${keyId} count no more`);
  return 0;
}

/** Uses the token up, and prints whom it lets in. */
export async function redeemToken(
  { token, matchId }: { readonly token: string; readonly matchId: string },
  context: CommandContext,
): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  const request = { token, matchId, requestId: drawId("redeem", systemRandom) };
  const { playerId, team, ...rest } = await matcher.joinTokens.redeemJoinToken(request, { signal: context.signal });
  if (context.json) printJson(context, { playerId, team: team || undefined, ...rest });
  else context.terminal.print(`${playerId} may join ${rest.matchId}${team === "" ? "" : ` in team ${team}`}`);
  return 0;
}
