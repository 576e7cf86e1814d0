// What a join token says that somebody showed, once it is seen that a key of this project signed it.
import { keyIdOf, signingKeyOf, TOKEN_CHARS_MAX } from "@muster/kit/signed-token";
import { type JoinKeyId, type MatchId, MusterError, type PlayerId, type TicketId } from "@muster/proto";
import type { JoinClaims } from "../core/join-tokens/decide-redeem.ts";
import type { JoinBook } from "../core/join-tokens/join-book.ts";
import { issuerOf } from "./write-join-token.ts";

/** The claims of a token that the key signed; undefined: it did not. What they say is not judged. */
export type VerifyToken = (
  token: string,
  publicKey: string,
) => Promise<Readonly<Record<string, unknown>> | undefined> | Readonly<Record<string, unknown>> | undefined;

/** @throws {MusterError} JOIN_TOKEN_INVALID. */
export async function readJoinToken(
  token: string,
  of: { readonly book: JoinBook; readonly project: string; readonly verify: VerifyToken },
): Promise<JoinClaims> {
  if (token.length > TOKEN_CHARS_MAX) throw refused(`a token has at most ${TOKEN_CHARS_MAX} characters`);
  const keyId = keyIdOf(token);
  if (keyId === undefined) throw refused("it has another form than a token");
  const key = of.book.keys.get(keyId as JoinKeyId);
  if (!key) throw refused("no key of this project has the id that it names");
  const claims = await of.verify(token, signingKeyOf(key.secret).publicKey);
  if (!claims) throw refused("the key that it names did not sign it");
  const { iss, sub, matchId, ticketId, exp } = claims;
  const isOurs = iss === issuerOf(of.project) && typeof sub === "string" && typeof exp === "number";
  if (!isOurs || typeof matchId !== "string" || typeof ticketId !== "string") {
    throw refused("it is no token of this project's players");
  }
  return {
    matchId: matchId as MatchId,
    ticketId: ticketId as TicketId,
    playerId: sub as PlayerId,
    expiresAtWallMs: exp * 1_000,
  };
}

function refused(present: string): MusterError {
  return new MusterError(
    "JOIN_TOKEN_INVALID",
    `Cannot redeem a join token as it has to be one of this project: ${present}`,
  );
}
