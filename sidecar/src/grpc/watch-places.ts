// Names of places in a watch, for callers that come back with the last name they read (server-sent events): the revision of
// each session that has been read, "bs_1=12,bs_2=7", so that a sidecar that was restarted understands it too.
import { fieldInvalid } from "@muster/proto";
import type { StreamResume } from "@muster/proto/rpc";
import type { WatchRequest, WatchResponse } from "@muster/proto/sdk";
import { SessionState } from "@muster/proto/session";

/** Sessions up to which every message of a session is named. With more of them a name is long, and stands at every hundredth. */
const SESSIONS_NAMED_MAX = 16;
const UNNAMED_MAX = 100;
/** Nothing has been read. */
const NOWHERE = "-";

export const watchPlaces: StreamResume<WatchRequest, WatchResponse> = {
  after: (request, place) => ({ ...request, resumeAfter: readPlace(place) }),
  follow(request) {
    const read = new Map(Object.entries(request.resumeAfter));
    let unnamed = 0;
    return ({ event }) => {
      if (!note(read, event)) return undefined;
      unnamed += 1;
      if (read.size > SESSIONS_NAMED_MAX && unnamed < UNNAMED_MAX) return undefined;
      unnamed = 0;
      return writePlace(read);
    };
  },
};

/** Whether the message moves the place. A session that is over is not asked for again. */
function note(read: Map<string, number>, event: WatchResponse["event"]): boolean {
  switch (event?.$case) {
    case "opened":
      for (const id of event.value.endedBattleSessionIds) read.delete(id);
      return true;
    case "battleSessionUpdated": {
      const { battleSessionId, revision, state } = event.value;
      if (state === SessionState.TERMINATED) read.delete(battleSessionId);
      else read.set(battleSessionId, revision);
      return true;
    }
    case "startBattleSession":
    case "sessionSnapshot": {
      const { session } = event.value;
      if (!session) return false;
      if (session.state === SessionState.TERMINATED) read.delete(session.battleSessionId);
      else read.set(session.battleSessionId, session.revision);
      return true;
    }
    default:
      return false; // Of the moment.
  }
}

function writePlace(read: ReadonlyMap<string, number>): string {
  return read.size === 0 ? NOWHERE : Array.from(read, ([id, revision]) => `${id}=${revision}`).join(",");
}

function readPlace(place: string): Record<string, number> {
  if (place === NOWHERE) return {};
  const entries = place.split(",").map((part): [string, number] => {
    const [, id = "", digits = ""] = /^([A-Za-z0-9_.:-]{1,128})=(\d{1,16})$/.exec(part) ?? [];
    const revision = Number(digits);
    if (id !== "" && Number.isSafeInteger(revision)) return [id, revision];
    throw fieldInvalid("last-event-id", "the id of an event of this stream", place);
  });
  return Object.fromEntries(entries);
}
