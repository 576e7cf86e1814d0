// Ids, branded so that one kind cannot stand in for another, and parsed once where they enter.
import { drawId, type Random } from "@muster/kit";
import { MusterError } from "./muster-error.ts";

declare const kind: unique symbol;
type Id<Kind extends string> = string & { readonly [kind]: Kind };

export type TicketId = Id<"ticket">;
export type PlayerId = Id<"player">;
export type MatchId = Id<"match">;
export type FillId = Id<"fill">;
export type BackfillId = Id<"backfill">;
export type PlacementId = Id<"placement">;
/** A server session and the battle session that runs on it share one id. */
export type ServerSessionId = Id<"server-session">;
/** A secret: whoever holds it takes the seat. Logs show `fingerprint(id)`. */
export type PlayerSessionId = Id<"player-session">;
export type PartyId = Id<"party">;
/** One request to erase a player. */
export type ErasureId = Id<"erasure">;
/** A key that join tokens are signed with: `kid` of theirs. */
export type JoinKeyId = Id<"join-key">;
export type ProcessId = Id<"process">;

const prefixes = {
  ticket: "tick",
  match: "match",
  fill: "fill",
  backfill: "bf",
  "server-session": "bs",
  "player-session": "ps",
  process: "proc",
  erasure: "er",
  party: "party",
  "join-key": "jk",
} as const;

/** A new id of `idKind`: its prefix and 128 random bits, such as `match_06qj…`. */
export function newId<Kind extends keyof typeof prefixes>(idKind: Kind, random: Random): Id<Kind> {
  return drawId(prefixes[idKind], random) as Id<Kind>;
}

/** The id of attempt `attempt` (1, 2, …) to place `matchId`: the same for every repeat of the attempt. */
export function placementIdOf(matchId: MatchId, attempt: number): PlacementId {
  return `${matchId}.${attempt}` as PlacementId;
}

/**
 * `text` as an id of the kind that the caller names: `parseId<TicketId>("ticketId", text)`.
 *
 * @throws {MusterError} ID_MALFORMED unless `text` is 1 to 128 of `A-Z a-z 0-9 _ . : -`.
 */
export function parseId<AnyId extends Id<string>>(field: string, text: string): AnyId {
  if (/^[A-Za-z0-9_.:-]{1,128}$/.test(text)) return text as AnyId;
  throw new MusterError(
    "ID_MALFORMED",
    `Cannot read ${field} as 1 to 128 of A-Z a-z 0-9 _ . : -: it is ${JSON.stringify(text.slice(0, 64))}`,
    { metadata: { field } },
  );
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** As nearly all player ids are: a look is enough, and nothing is encoded to be measured. */
const PLAIN = /^[ -~]{1,256}$/;

/** @throws {MusterError} ID_MALFORMED unless `text` is 1 to 256 bytes of well-formed UTF-8 without control characters. */
export function parsePlayerId(field: string, text: string): PlayerId {
  if (PLAIN.test(text)) return text as PlayerId;
  const bytes = new TextEncoder().encode(text).length;
  if (bytes >= 1 && bytes <= 256 && text.isWellFormed() && !CONTROL.test(text)) return text as PlayerId;
  throw new MusterError(
    "ID_MALFORMED",
    `Cannot read ${field} as 1 to 256 bytes of text without control characters: it has ${bytes} bytes`,
    { metadata: { field } },
  );
}

/** What a log may show of a secret id: enough to compare two lines, too little to use. */
export function fingerprint(secret: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < secret.length; i += 1) hash = Math.imul(hash ^ secret.charCodeAt(i), 0x01000193);
  return `#${(hash >>> 0).toString(16).padStart(8, "0")}`;
}
