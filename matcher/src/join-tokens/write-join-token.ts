// Join tokens as their players get them: a function of the match's grant, the seat and the key, the same to the byte whenever it is
// written. Those that were written lately are kept, because a signature costs more than all the rest of an answer.
import { createHash, type KeyObject } from "node:crypto";
import { signingKeyOf, signToken } from "@muster/kit/signed-token";
import type { JoinKeyId } from "@muster/proto";
import type { JoinBook, JoinGrant, JoinSeat, WriteJoinToken } from "../core/join-tokens/join-book.ts";

/** Some 5 MB. */
const KEPT_MAX = 10_000;
const JTI_CHARS = 22;

/** `iss` of a project's tokens. */
export function issuerOf(project: string): string {
  return `muster:${project}`;
}

/** Writes tokens of the keys that `book` has. */
export function createJoinTokenWriter(book: JoinBook, project: string): WriteJoinToken {
  const keys = new Map<JoinKeyId, KeyObject>();
  const kept = new Map<string, string>();
  const keyOf = ({ keyId }: JoinGrant): KeyObject | undefined => {
    const held = book.keys.get(keyId);
    if (!held) keys.delete(keyId);
    else if (!keys.has(keyId)) keys.set(keyId, signingKeyOf(held.secret).privateKey);
    return keys.get(keyId);
  };
  return (grant, seat) => {
    const key = keyOf(grant);
    if (!key) return undefined;
    const claims = claimsOf(grant, seat, project);
    const place = `${grant.keyId}.${claims.jti}.${grant.grantedAtWallMs}`;
    const known = kept.get(place);
    if (known !== undefined) return known;
    const token = signToken(claims, { keyId: grant.keyId, key });
    const [oldest] = kept.size < KEPT_MAX ? [] : kept.keys();
    if (oldest !== undefined) kept.delete(oldest);
    kept.set(place, token);
    return token;
  };
}

function claimsOf({ audience, grantedAtWallMs, lifetimeMs }: JoinGrant, seat: JoinSeat, project: string) {
  const { matchId, ticketId, playerId, configuration, team } = seat;
  const jti = createHash("sha256")
    .update(`${matchId}\n${ticketId}\n${playerId}`)
    .digest("base64url")
    .slice(0, JTI_CHARS);
  const iat = Math.floor(grantedAtWallMs / 1_000);
  const exp = Math.ceil((grantedAtWallMs + lifetimeMs) / 1_000);
  return {
    ...{ iss: issuerOf(project), aud: audience, sub: playerId, jti, iat, exp },
    ...{ matchId, ticketId, configuration, project, team },
  };
}
