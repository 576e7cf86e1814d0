// B-FIT: a fill seats whom it was decided for, on the roster that it was judged by, so that everybody in the battle is a
// legal roster by the rule set: who had left was not counted, who came meanwhile is not overrun.

import type { FleetFact } from "@muster/mock-fleet/testing";
import { judge, type RuleSet } from "@muster/rules";
import type { Books } from "./books/books.ts";
import type { SessionEntry } from "./books/fleet-book.ts";
import type { FillEntry } from "./books/matcher-entries.ts";
import { BrokenPromise, type Checker } from "./checker.ts";
import { judgedIn, seatedIn } from "./judged-in.ts";
import { createRuleSets } from "./rule-sets.ts";
import { whyClosed } from "./takes-players.ts";

const NAME = "B-FIT";

type SessionChanged = Extract<FleetFact, { type: "session-changed" }>;

export function bFit(books: Books): Checker {
  const ruleSets = createRuleSets(books);
  /** By which each fill was decided: another may hold by the time that it is applied. */
  const decidedBy = new Map<string, RuleSet>();
  const checkLegal = (session: SessionEntry, fill: FillEntry) => {
    const ruleSet = decidedBy.get(fill.fillId);
    if (!ruleSet) return;
    const region = books.fleet.processes.get(session.processId)?.fleet ?? "";
    const tickets = fill.newcomers.map((player) => books.matcher.tickets.get(player.ticketId));
    const ages = tickets.map((ticket) => fill.decidedMs - (ticket?.createdMs ?? fill.decidedMs));
    const ageMs = ruleSet.expansionAge === "newest" ? Math.min(...ages) : Math.max(...ages);
    const teams = session.teams.map(({ name }) => ({
      name,
      players: [
        ...seatedIn(books, session, name),
        ...fill.newcomers
          .filter((player) => player.team === name)
          .map(({ playerId, ticketId }) => ({
            playerId,
            ticketId,
            ...judgedIn(books, region, { playerId, ticketId }),
          })),
      ],
    }));
    const expandTeamSizes = fill.backfill.strategy !== "MAX_POSSIBLE";
    const newcomers = new Set<string>(fill.newcomers.map((player) => player.playerId));
    // Who came under another rule set keeps the seat, without what the present one asks for.
    const violation = judge(ruleSet, teams, { ageMs, expandTeamSizes }).find(
      ({ type, name }) => type !== "PLAYER" || newcomers.has(name),
    );
    if (violation) throw new BrokenPromise(NAME, `${fill.fillId} leaves an illegal roster: ${violation.message}`);
  };
  const checkFill = (fillId: string, { change }: SessionChanged) => {
    const fill = books.matcher.fills.get(fillId);
    const session = books.fleet.sessions.get(change.battleSessionId);
    if (!session) return;
    if (fill?.battleSessionId !== change.battleSessionId) {
      throw new BrokenPromise(
        NAME,
        `${fillId} is applied to ${change.battleSessionId} and is no fill that waits for it`,
      );
    }
    const closed = whyClosed(session);
    if (closed !== undefined)
      throw new BrokenPromise(NAME, `${fillId} is applied to ${session.battleSessionId}: ${closed}`);
    const { expectedRosterVersion: expected, toleratesLeavers } = fill;
    const isCurrent = expected === session.rosterVersion;
    const onlyLeft = toleratesLeavers && expected < session.rosterVersion && expected >= session.seatsAddedAt;
    if (!isCurrent && !onlyLeft) {
      const why = `${fillId} was judged by roster ${expected} and is applied to ${session.rosterVersion}`;
      throw new BrokenPromise(NAME, why);
    }
    const added = change.added.map(({ playerId, team, ticketId }) => `${playerId} ${team} ${ticketId}`);
    const wanted = fill.newcomers.map(({ playerId, team, ticketId }) => `${playerId} ${team} ${ticketId}`);
    if (added.toSorted().join("\n") !== wanted.toSorted().join("\n")) {
      throw new BrokenPromise(NAME, `${fillId} was decided for ${wanted} and seats ${added}`);
    }
    if (isCurrent) checkLegal(session, fill);
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "matcher-fact" && observation.fact.type === "fill-decided") {
        const { fillId, battleSessionId } = observation.fact;
        const session = books.matcher.sessions.get(battleSessionId);
        if (session?.backfill?.state !== "SEARCHING" || session.hasEnded) {
          const state = session?.hasEnded ? "over" : session?.backfill?.state;
          throw new BrokenPromise(NAME, `${fillId} is decided while the backfill of ${battleSessionId} is ${state}`);
        }
        const ruleSet = ruleSets.find(session.configuration);
        if (ruleSet) decidedBy.set(fillId, ruleSet);
        if (session.fill)
          throw new BrokenPromise(NAME, `${fillId} is decided while ${session.fill.fillId} is under way`);
      }
      if (
        observation.type === "matcher-fact" &&
        "fillId" in observation.fact &&
        observation.fact.type !== "fill-decided"
      ) {
        decidedBy.delete(observation.fact.fillId);
      }
      if (observation.type !== "fleet-fact" || observation.fact.type !== "session-changed") return;
      const { fact } = observation;
      const [, fillId] = /^fill (.+)$/.exec(fact.request?.id ?? "") ?? [];
      if (fillId !== undefined) return checkFill(fillId, fact);
      const isOutsiders = fact.request?.id.startsWith("seats ") === true; // S-OUTSIDERS speaks of them.
      if (fact.change.added.length > 0 && fact.change.state !== "ACTIVE" && !isOutsiders) {
        throw new BrokenPromise(
          NAME,
          `${fact.change.battleSessionId} gets players by ${fact.change.reason}, without a fill`,
        );
      }
    },
  };
}
