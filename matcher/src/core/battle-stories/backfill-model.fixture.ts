// What backfill promises, in a few dozen lines that know nothing of how it is done: fed with every fact and every roster, it says
// which promise is broken. (B-ONE-LIVE, B-FIT, B-TARGET, B-DIES-WITH-SESSION, S-CAPACITY, M-DISJOINT.)
import type { Backfill, BattleSession, ServerSessionId, TicketId } from "@muster/proto";
import { judge, type RuleSet, teamShapes } from "@muster/rules";
import type { StampedFact } from "../fact.ts";

type Kept = {
  backfill: Backfill | undefined;
  goals: ReadonlyMap<string, number>;
  fill: Extract<StampedFact["fact"], { type: "fill-decided" }> | undefined;
  hasEnded: boolean;
};

const isLive = (backfill: Backfill | undefined) => backfill?.state === "SEARCHING" || backfill?.state === "PAUSED";

export function createBackfillModel(ruleSet: RuleSet) {
  const kept = new Map<ServerSessionId, Kept>();
  const claimed = new Map<TicketId, string>();
  const mostOf = new Map(teamShapes(ruleSet).map(({ name, maxPlayers }) => [name, maxPlayers]));
  const bornOf = (id: ServerSessionId): Kept => {
    const one = kept.get(id) ?? { backfill: undefined, goals: new Map(), fill: undefined, hasEnded: false };
    kept.set(id, one);
    return one;
  };
  const promise = (name: string, holds: boolean, what: string) => {
    if (!holds) throw new Error(`${name} is broken: ${what}`);
  };
  const sizeOf = ({ playerSessions }: BattleSession, team: string) =>
    playerSessions.filter((seat) => seat.team === team).length;

  return {
    /** `roster` is the session as the fact was decided or applied. */
    see({ atMs, fact }: StampedFact, roster: (id: ServerSessionId) => BattleSession, ageOf: (id: TicketId) => number) {
      if (!("battleSessionId" in fact)) return;
      const id = fact.battleSessionId;
      const one = bornOf(id);
      switch (fact.type) {
        case "backfill-started":
          promise("B-ONE-LIVE", !isLive(one.backfill), `${id} has a second backfill`);
          promise("B-DIES-WITH-SESSION", !one.hasEnded, `${id} had ended`);
          one.backfill = fact.backfill;
          one.goals = new Map(fact.goals.map(({ team, players }) => [team, players]));
          return;
        case "backfill-changed":
          if (one.backfill) promise("B-ONE-LIVE", isLive(one.backfill), `${one.backfill.backfillId} was over`);
          one.backfill = fact.backfill;
          return;
        case "fill-decided":
          promise("B-TARGET", one.backfill === undefined || one.backfill.state === "SEARCHING", `${id} did not search`);
          promise("B-ONE-LIVE", one.fill === undefined, `${id} has a second fill`);
          one.fill = fact;
          for (const { ticketId } of fact.newcomers) {
            promise("M-DISJOINT", (claimed.get(ticketId) ?? fact.fillId) === fact.fillId, `${ticketId} is taken`);
            claimed.set(ticketId, fact.fillId);
          }
          return;
        case "fill-applied": {
          const { fill } = one;
          promise("B-FIT", fill?.fillId === fact.fillId && fill.newcomers.length > 0, `${id}: a fill of nobody`);
          promise("B-DIES-WITH-SESSION", !one.hasEnded, `${id} was filled after its end`);
          const session = roster(id);
          const ages = fill?.newcomers.map(({ ticketId }) => atMs - ageOf(ticketId)) ?? [];
          const teams = session.teams.map(({ name }) => ({
            name,
            players: session.playerSessions.filter((seat) => seat.team === name),
          }));
          const isLegal = ages.some((ageMs) => judge(ruleSet, teams, { ageMs }).length === 0);
          promise("B-FIT", fill?.toleratesLeavers || isLegal, `${id} is ${teams.map((team) => team.players.length)}`);
          for (const { team } of fill?.newcomers ?? []) {
            const goal = fill?.backfill.strategy === "CUSTOM" ? one.goals.get(team) : undefined;
            const isOwn = fill?.backfill.backfillId === one.backfill?.backfillId;
            const size = sizeOf(session, team);
            promise(
              "B-TARGET",
              !isOwn || goal === undefined || size <= goal,
              `${team} of ${id} has ${size} of ${goal}`,
            );
          }
          if (isLive(one.backfill) && fill?.backfill.backfillId === one.backfill?.backfillId)
            one.backfill = fill?.backfill;
          one.fill = undefined;
          return;
        }
        case "fill-dropped":
          for (const { ticketId } of one.fill?.newcomers ?? []) claimed.delete(ticketId);
          one.fill = undefined;
          return;
        case "session-ended":
          promise("B-DIES-WITH-SESSION", !isLive(one.backfill), `${one.backfill?.backfillId} outlives ${id}`);
          one.hasEnded = true;
      }
    },
    /** What must hold of a session between any two steps; `backfill` is what the matcher says of it. */
    check(session: BattleSession, backfill: Backfill | undefined) {
      const { battleSessionId: id, capacity, playerSessions, teams, unreachable, creationPolicy } = session;
      promise("S-CAPACITY", playerSessions.length <= capacity, `${id} has ${playerSessions.length} of ${capacity}`);
      for (const { name, capacity: most } of teams) {
        promise(
          "S-CAPACITY",
          sizeOf(session, name) <= most,
          `${name} of ${id} has ${sizeOf(session, name)} of ${most}`,
        );
      }
      const names = new Set(playerSessions.map(({ playerId }) => playerId));
      promise("S-CAPACITY", names.size === playerSessions.length, `somebody sits twice in ${id}`);
      if (session.state !== "ACTIVE") promise("B-DIES-WITH-SESSION", !isLive(backfill), `${id} is ${session.state}`);
      if (!backfill || !isLive(backfill) || bornOf(id).fill) return;
      const goals = bornOf(id).goals;
      const isReached = teams.every(({ name }) => {
        const goal = backfill.strategy === "CUSTOM" ? goals.get(name) : mostOf.get(name);
        return sizeOf(session, name) >= (goal ?? 0);
      });
      const isBarred = unreachable || creationPolicy === "DENY_ALL";
      const mustPause = isBarred || (isReached && backfill.strategy === "MAX_POSSIBLE");
      promise("B-TARGET", mustPause === (backfill.state === "PAUSED"), `${id} is ${backfill.state} ${backfill.cause}`);
      for (const { team, have, reserved } of backfill.progress) {
        promise("B-TARGET", have + reserved === sizeOf(session, team), `${team} of ${id} has other progress`);
      }
    },
  };
}
