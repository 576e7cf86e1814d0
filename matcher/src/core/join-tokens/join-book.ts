// The keys that join tokens are signed with, and which tokens have been used up. A token itself is nowhere: it follows from its
// match, its player and its key, and is the same whenever it is written.
import type { JoinKeyId, MatchId, PlayerId, TicketId } from "@muster/proto";
import type { MatchedPlayer, Ticket } from "../ticket.ts";
import type { JoinTokenTerms } from "./join-settings.ts";

export type JoinKey = {
  readonly keyId: JoinKeyId;
  /** Of the private key: 32 random bytes. */
  readonly secret: Uint8Array;
  /** Journal time from which it signs. */
  readonly signsFromMs: number;
  readonly addedAtWallMs: number;
  /** Journal time of the last match that it signed for. 0: none. */
  readonly lastUsedAtMs: number;
  /** Journal time at which the last of its tokens expires. 0: none. */
  readonly lastExpiryMs: number;
};

export type JoinBook = {
  /** In the order in which they were added. */
  readonly keys: Map<JoinKeyId, JoinKey>;
  /** Who has used their token, with the caller's id of the request that did; "" where it named none. Forgotten with the ticket. */
  readonly redeemed: Map<TicketId, ReadonlyMap<PlayerId, string>>;
};

/** By what the tokens of a match are signed. One value for all its tickets. */
export type JoinGrant = {
  readonly keyId: JoinKeyId;
  readonly audience: string;
  readonly grantedAtWallMs: number;
  readonly lifetimeMs: number;
  /** Journal time. */
  readonly expiresAtMs: number;
};

/** Whose token it is. */
export type JoinSeat = {
  readonly matchId: MatchId;
  readonly ticketId: TicketId;
  readonly playerId: PlayerId;
  readonly configuration: string;
  readonly team: string | undefined;
};

/** The token of the seat; undefined: its key is gone. */
export type WriteJoinToken = (grant: JoinGrant, seat: JoinSeat) => string | undefined;

/** For whoever shows tickets to those who are to see no token. */
export const noJoinTokens: WriteJoinToken = () => undefined;

export function createJoinBook(): JoinBook {
  return { keys: new Map(), redeemed: new Map() };
}

/** How long a key is published after its last token has expired, in ms: servers' clocks are not ours. */
export const PUBLISHED_FOR_MS = 60_000;
/** Each is 32 bytes and a line of what servers fetch. */
export const JOIN_KEYS_MAX = 16;

/** The key that signs at `nowMs`, the last that was to; undefined: there is none. */
export function signingKey({ keys }: JoinBook, nowMs: number): JoinKey | undefined {
  return [...keys.values()].findLast(({ signsFromMs }) => signsFromMs <= nowMs);
}

export type JoinKeyState = "PENDING" | "SIGNING" | "VERIFYING" | "OVER";

export function stateOfKey(book: JoinBook, key: JoinKey, nowMs: number): JoinKeyState {
  if (key === signingKey(book, nowMs)) return "SIGNING";
  if (key.signsFromMs > nowMs) return "PENDING";
  return nowMs <= key.lastExpiryMs + PUBLISHED_FOR_MS ? "VERIFYING" : "OVER";
}

/** What the tickets of a match that is complete now get; undefined: nothing. Notes that the key was used. */
export function grantJoin(
  book: JoinBook,
  terms: JoinTokenTerms | undefined,
  at: { readonly atMs: number; readonly atWallMs: number },
): JoinGrant | undefined {
  const key = terms && signingKey(book, at.atMs);
  if (!key) return undefined;
  const { lifetimeMs, audience } = terms;
  const { keyId } = key;
  const expiresAtMs = Math.ceil(at.atMs + lifetimeMs);
  const lastExpiryMs = Math.max(key.lastExpiryMs, expiresAtMs);
  book.keys.set(keyId, { ...key, lastUsedAtMs: at.atMs, lastExpiryMs });
  return { keyId, audience, grantedAtWallMs: at.atWallMs, lifetimeMs, expiresAtMs };
}

export function redeemJoin(
  { redeemed }: JoinBook,
  { ticketId, playerId, requestId }: { ticketId: TicketId; playerId: PlayerId; requestId: string },
): void {
  redeemed.set(ticketId, new Map([...(redeemed.get(ticketId) ?? []), [playerId, requestId]]));
}

/** Forgets keys that sign no more and of whose tickets none is remembered: those that ended until `untilMs` are not. */
export function forgetJoinKeys(book: JoinBook, { untilMs, nowMs }: { untilMs: number; nowMs: number }): void {
  for (const key of [...book.keys.values()]) {
    const isOver = stateOfKey(book, key, nowMs) === "OVER";
    if (isOver && key.lastUsedAtMs <= untilMs) book.keys.delete(key.keyId);
  }
}

export function eraseFromJoins({ redeemed }: JoinBook, playerId: PlayerId): void {
  for (const [ticketId, players] of redeemed) {
    if (!players.has(playerId)) continue;
    redeemed.set(ticketId, new Map([...players].filter(([id]) => id !== playerId)));
  }
}

/** What a reader of `ticket` is shown for somebody in its match; undefined: nothing, as it is another's token, or there is none. */
export function joinTokenOf(
  { ticketId, configuration, state }: Pick<Ticket, "ticketId" | "configuration" | "state">,
  player: Pick<MatchedPlayer, "ticketId" | "playerId" | "team">,
  write: WriteJoinToken,
): string | undefined {
  if (state.phase !== "COMPLETED" || player.ticketId !== ticketId) return undefined;
  const { matchId, assignment } = state;
  const { playerId, team } = player;
  // An erased player has no id.
  if (!assignment.joinGrant || matchId === undefined || playerId === "") return undefined;
  return write(assignment.joinGrant, { matchId, ticketId, playerId, configuration, team });
}
