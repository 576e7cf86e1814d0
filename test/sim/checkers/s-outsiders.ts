// S-OUTSIDERS: whoever seats players beside the matcher does so once for each request, on the roster that he has seen where a matcher
// has the session; and a session that a matcher takes on is taken on once by it, with one secret, so that its game is heard.
import type { FleetFact } from "@muster/mock-fleet/testing";
import type { Books } from "./books/books.ts";
import { isCallOf } from "./books/call-book.ts";
import { BrokenPromise, type Checker } from "./checker.ts";
import { SETTLE_MS } from "./settle.ts";
import { whyClosed } from "./takes-players.ts";

const NAME = "S-OUTSIDERS";

type SessionChanged = Extract<FleetFact, { type: "session-changed" }>;
/** What was asked for, and whether it has been done. */
type Asked = { readonly battleSessionId: string; readonly roster: number; readonly who: Seats; isDone: boolean };
type Seats = readonly { readonly playerId: string; readonly team?: string | undefined }[];

export function sOutsiders(books: Books): Checker {
  const asked = new Map<string, Asked>();
  const textOf = (players: Seats) => players.map(({ playerId, team }) => `${playerId} ${team ?? ""}`).join("\n");

  const checkSeats = (requestId: string, { change }: SessionChanged) => {
    const { battleSessionId, added } = change;
    const session = books.fleet.sessions.get(battleSessionId);
    const ask = asked.get(requestId);
    if (ask?.battleSessionId !== battleSessionId || textOf(ask.who) !== textOf(added)) {
      throw new BrokenPromise(
        NAME,
        `${requestId} seats ${textOf(added)} in ${battleSessionId} and did not ask for that`,
      );
    }
    const closed = session && whyClosed(session);
    if (closed !== undefined)
      throw new BrokenPromise(NAME, `${requestId} seats players in ${battleSessionId}: ${closed}`);
    if (ask.isDone) throw new BrokenPromise(NAME, `${requestId} seats ${textOf(added)} a second time`);
    ask.isDone = true;
    const { matcherEndpoint = "" } = books.fleet.placements.get(session?.placementId ?? "")?.request ?? {};
    const hasMatcher = session?.adopted !== undefined || matcherEndpoint !== "";
    if (ask.roster === session?.rosterVersion || (ask.roster === 0 && !hasMatcher)) return;
    const why = `${requestId} knows roster ${ask.roster} of ${battleSessionId} and is seated on ${session?.rosterVersion}`;
    throw new BrokenPromise(NAME, why);
  };
  const checkRepeat = ({ requestId, players }: { readonly requestId: string; readonly players: Asked["who"] }) => {
    if (!asked.get(requestId)?.isDone) return;
    throw new BrokenPromise(NAME, `${requestId} has seated ${textOf(players)}, and asking again is refused`);
  };
  const checkSecrets = () => {
    for (const { battleSessionId, adoptedKey, hasEnded } of books.matcher.sessions.values()) {
      const session = books.fleet.sessions.get(battleSessionId);
      if (adoptedKey === undefined || hasEnded || session?.state !== "ACTIVE") continue;
      if (session.adopted?.key === adoptedKey) continue;
      throw new BrokenPromise(NAME, `${battleSessionId} has another secret at the fleet than at the matcher`);
    }
  };
  return {
    name: NAME,
    end() {
      if (books.healedMs !== undefined) checkSecrets();
    },
    see(observation) {
      if (observation.type === "call") {
        const call = { ...observation, startedMs: 0, startedTick: 0 };
        if (!isCallOf(call, "createPlayerSessions")) return;
        const { requestId, battleSessionId, expectedRosterVersion, players } = call.request;
        const isDone = asked.get(requestId)?.isDone ?? false;
        asked.set(requestId, { battleSessionId, roster: expectedRosterVersion, who: players, isDone });
      }
      if (observation.type === "matcher-fact" && observation.fact.type === "session-adopted") {
        const { battleSessionId } = observation.fact;
        if (books.matcher.sessions.has(battleSessionId)) {
          throw new BrokenPromise(NAME, `the matcher takes ${battleSessionId} on a second time`);
        }
        if (books.fleet.sessions.get(battleSessionId)?.adopted) return;
        throw new BrokenPromise(NAME, `the matcher takes ${battleSessionId} on, and the fleet does not know of it`);
      }
      if (observation.type === "answer" && "refused" in observation.outcome) {
        const call = books.calls.get(observation.callId);
        const { refused } = observation.outcome;
        if (isCallOf(call, "createPlayerSessions") && refused === "PLAYER_ALREADY_SEATED") checkRepeat(call.request);
        const isGames = isCallOf(call, "startBackfill") || isCallOf(call, "cancelBackfill");
        if (!isGames || (refused !== "NOT_YOUR_SESSION" && refused !== "CREDENTIALS_INVALID")) return;
        throw new BrokenPromise(
          NAME,
          `${call.caller} commands the backfill of its own session and is refused: ${refused}`,
        );
      }
      if (observation.type !== "fleet-fact" || observation.fact.type !== "session-changed") return;
      const { healedMs } = books;
      if (healedMs !== undefined && observation.atMs > healedMs + SETTLE_MS) checkSecrets();
      const [, requestId] = /^seats (.+)$/.exec(observation.fact.request?.id ?? "") ?? [];
      if (requestId !== undefined) checkSeats(requestId, observation.fact);
    },
  };
}
