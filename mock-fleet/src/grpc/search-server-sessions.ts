import { fieldInvalid, parseId, writeBattleSession } from "@muster/proto";
import type { SearchServerSessionsRequest, SearchServerSessionsResponse } from "@muster/proto/fleet";
import * as wire from "@muster/proto/session";
import { parseFilter } from "../core/search/parse-filter.ts";
import { parseSort } from "../core/search/parse-sort.ts";
import { type SearchPlace, searchSessions } from "../core/search/search-sessions.ts";
import type { FleetApp } from "../fleet-app.ts";
import { bodyDigest } from "./body-digest.ts";
import { atMost, wholeNumberIn } from "./field.ts";
import { SESSION_BYTES_MAX } from "./session-size.ts";
import { sessionAtWall } from "./wall-time.ts";

const LIMIT_MAX = 100;
const LIMIT_DEFAULT = 20;
/** Its sort keys may hold names and properties of a thousand characters each. */
const PAGE_TOKEN_CHARS_MAX = 32_768;

/** A page of the active sessions that the filter selects. Reasons: the .proto. */
export async function searchServerSessions(
  app: FleetApp,
  message: SearchServerSessionsRequest,
): Promise<SearchServerSessionsResponse> {
  const { filter, sort, fleet, pageToken } = message;
  const digest = bodyDigest({ filter, sort, fleet }).slice(0, 16);
  const search = {
    filter: parseFilter(filter),
    sort: parseSort(sort),
    limit: message.limit === 0 ? LIMIT_DEFAULT : wholeNumberIn("limit", message.limit, 1, LIMIT_MAX),
    after: pageToken === "" ? undefined : readPageToken(digest, pageToken),
    fleet: fleet === "" ? undefined : parseId("fleet", fleet),
  };
  const { found, hasMore } = await app.runner.read((state, { config }) => searchSessions(state, search, config));
  const sessions: wire.BattleSession[] = [];
  let bytes = 0;
  for (const { battle } of found) {
    const session = writeBattleSession(sessionAtWall(battle, app.runner.wallOf));
    bytes += wire.BattleSession.encode(session).finish().length;
    if (sessions.length > 0 && bytes > SESSION_BYTES_MAX) break;
    sessions.push(session);
  }
  const last = found[sessions.length - 1];
  const isLast = !hasMore && sessions.length === found.length;
  return { sessions, nextPageToken: isLast || !last ? "" : writePageToken(digest, last.place) };
}

/** Where a search stands, for nobody but this fleet to read. */
function writePageToken(digest: string, { keys, battleSessionId }: SearchPlace): string {
  const row = [digest, battleSessionId, ...keys.map((key) => key ?? null)];
  return Buffer.from(JSON.stringify(row)).toString("base64url");
}

function readPageToken(digest: string, token: string): SearchPlace {
  atMost("page_token", token, PAGE_TOKEN_CHARS_MAX);
  const row = parseRow(Buffer.from(token, "base64url").toString());
  const [ofSearch, battleSessionId, ...keys] = row ?? [];
  if (ofSearch !== digest || typeof battleSessionId !== "string" || !keys.every(isKey)) {
    throw fieldInvalid("page_token", "a token that a search of the same filter, sort and fleet has given out", token);
  }
  return { keys: keys.map((key) => key ?? undefined), battleSessionId };
}

function parseRow(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // It is no token; the caller says so.
    throw error;
  }
}

function isKey(key: unknown): key is string | number | null {
  return key === null || typeof key === "string" || typeof key === "number";
}
