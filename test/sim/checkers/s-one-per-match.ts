// S-ONE-PER-MATCH: a match has one live session, a placement makes one at a time and only while it is pending, the next
// attempt only after the last has ended; and a session that does not come alive in time is closed.
import type { FleetFact } from "@muster/mock-fleet/testing";
import type { Books } from "./books/books.ts";
import { BrokenPromise, type Checker } from "./checker.ts";
import { createDueList } from "./due-list.ts";

const NAME = "S-ONE-PER-MATCH";
/** How late a deadline may be kept, in ms of journal time. */
const LATE_MS = 1_000;

type Fact<Type extends FleetFact["type"]> = Extract<FleetFact, { type: Type }>;

export function sOnePerMatch(books: Books): Checker {
  const { placements, sessions, livingByMatch } = books.fleet;
  /** The session that each match was ever active on. */
  const activeBy = new Map<string, string>();
  const activations = createDueList<string>();

  const started = ({ session, placementId }: Fact<"session-started">) => {
    const placement = placements.get(placementId);
    if (!placement || placement.end !== undefined) {
      const state = placement ? placement.end : "unknown";
      throw new BrokenPromise(NAME, `${session.battleSessionId} is made for ${placementId}, which is ${state}`);
    }
    for (const other of livingByMatch.get(session.matchId ?? "") ?? []) {
      const state = sessions.get(other)?.state;
      if (state === "TERMINATING" || state === undefined) continue;
      throw new BrokenPromise(NAME, `${session.matchId} gets ${session.battleSessionId} while ${other} is ${state}`);
    }
  };
  const activated = (battleSessionId: string) => {
    const matchId = sessions.get(battleSessionId)?.matchId;
    if (matchId === undefined) return;
    const other = activeBy.get(matchId);
    if (other !== undefined)
      throw new BrokenPromise(NAME, `${matchId} is active on ${other} and on ${battleSessionId}`);
    activeBy.set(matchId, battleSessionId);
  };
  const checkAttempt = (placementId: string) => {
    const [, matchId, attempt] = /^(.+)\.(\d+)$/.exec(placementId) ?? [];
    if (matchId === undefined || Number(attempt) < 2) return;
    const end = placements.get(`${matchId}.${Number(attempt) - 1}`)?.end;
    if (end !== undefined && end !== "FULFILLED") return;
    throw new BrokenPromise(NAME, `${placementId} is asked for while the attempt before is ${end ?? "PENDING"}`);
  };
  const checkDue = () => {
    for (;;) {
      const id = activations.takeBefore(books.fleetSettledMs - LATE_MS);
      if (id === undefined) return;
      if (sessions.get(id)?.state === "ACTIVATING")
        throw new BrokenPromise(NAME, `${id} is not active in time and lives`);
    }
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "matcher-fact" && observation.fact.type === "match-placed") {
        const { matchId, battleSessionId } = observation.fact;
        const session = sessions.get(battleSessionId);
        if (session?.matchId !== matchId) {
          throw new BrokenPromise(NAME, `${matchId} is placed on ${battleSessionId}, which is of ${session?.matchId}`);
        }
      }
      if (observation.type !== "fleet-fact") return;
      const { fact } = observation;
      checkDue();
      if (fact.type === "placement-started") checkAttempt(fact.request.placementId);
      if (fact.type === "session-started") {
        started(fact);
        activations.add(fact.activateByMs, fact.session.battleSessionId);
      }
      if (fact.type === "session-changed" && fact.change.state === "ACTIVE") activated(fact.change.battleSessionId);
      if (fact.type === "forgotten") {
        for (const id of fact.sessionIds) activeBy.delete(sessions.get(id)?.matchId ?? "");
      }
    },
  };
}
