import { fieldInvalid, parseId, writeBattleSession } from "@muster/proto";
import type { SearchServerSessionsRequest, SearchServerSessionsResponse } from "@muster/proto/fleet";
import * as wire from "@muster/proto/session";
import { parseFilter } from "../core/search/parse-filter.ts";
import { parseSort } from "../core/search/parse-sort.ts";
import { type SearchPlace, searchSessions } from "../core/search/search-sessions.ts";
import type { FleetApp } from "../fleet-app.ts";
import { bodyDigest } from "./body-digest.ts";
import { wholeNumberIn } from "./field.ts";
import { fillPage, readPageToken, writePageToken } from "./page.ts";
import { sessionAtWall } from "./wall-time.ts";

const LIMIT_MAX = 100;
const LIMIT_DEFAULT = 20;

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
    after: pageToken === "" ? undefined : readPlace(digest, pageToken),
    fleet: fleet === "" ? undefined : parseId("fleet", fleet),
  };
  const { found, hasMore } = await app.runner.read((state, { config }) => searchSessions(state, search, config));
  const sessions = fillPage(found, ({ battle }) => {
    const value = writeBattleSession(sessionAtWall(battle, app.runner.wallOf));
    return { value, bytes: wire.BattleSession.encode(value).finish().length };
  });
  const last = found[sessions.length - 1]?.place;
  const isLast = !hasMore && sessions.length === found.length;
  return { sessions, nextPageToken: isLast || !last ? "" : writePlace(digest, last) };
}

function writePlace(digest: string, { keys, battleSessionId }: SearchPlace): string {
  return writePageToken(digest, [battleSessionId, ...keys.map((key) => key ?? null)]);
}

function readPlace(digest: string, token: string): SearchPlace {
  const [battleSessionId, ...keys] = readPageToken(digest, token);
  if (typeof battleSessionId === "string") return { battleSessionId, keys: keys.map((key) => key ?? undefined) };
  throw fieldInvalid("page_token", "a token that the same question was answered with", token);
}
