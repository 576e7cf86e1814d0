import { fieldInvalid, parseId, type ServerSessionId, writeBattleSession } from "@muster/proto";
import type { DescribeServerSessionsRequest, DescribeServerSessionsResponse } from "@muster/proto/fleet";
import type { FleetApp } from "../fleet-app.ts";
import { sessionAtWall } from "./wall-time.ts";

/** Ids that one call names. */
const IDS_MAX = 1_000;

/** Living sessions, and ended ones if asked for. Ids that nobody knows are left out. Reasons: the .proto. */
export async function describeServerSessions(
  app: FleetApp,
  message: DescribeServerSessionsRequest,
): Promise<DescribeServerSessionsResponse> {
  if (message.battleSessionIds.length > IDS_MAX) {
    throw fieldInvalid("battle_session_ids", `at most ${IDS_MAX} ids`, message.battleSessionIds.length);
  }
  const asked = message.battleSessionIds.map((id) => parseId<ServerSessionId>("battle_session_ids", id));
  const battles = await app.runner.read((state) => {
    const ids = asked.length > 0 ? new Set(asked) : state.sessions.keys();
    const found = [...ids].flatMap((id) => state.sessions.get(id) ?? []);
    const wanted = found.filter(({ endedAtMs }) => message.includeEnded || endedAtMs === undefined);
    return wanted.map(({ battle }) => battle);
  });
  return { sessions: battles.map((battle) => writeBattleSession(sessionAtWall(battle, app.runner.wallOf))) };
}
