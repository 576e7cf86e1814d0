// What a test's matcher makes of a backfill: state, cause and progress, from the seats alone. It knows no rule set: what is
// legal is what teams have room for, and nobody comes unless the test seats them.
import {
  type Backfill,
  type BackfillCause,
  type BackfillId,
  type BackfillStrategy,
  type BattleSession,
  fieldInvalid,
  MusterError,
} from "@muster/proto";

export type TestBackfill = {
  readonly document: Backfill;
  /** By team: players that it works towards. */
  readonly goals: ReadonlyMap<string, number>;
};

export type BackfillRequest = {
  readonly backfillId: BackfillId;
  readonly strategy: BackfillStrategy;
  /** CUSTOM: players to add, by team instance or template. */
  readonly addPlayers: Readonly<Record<string, number>>;
};

/** @throws {MusterError} FIELD_INVALID, TEAM_UNKNOWN, TEAM_SIZE_EXCEEDED. */
export function newBackfill(request: BackfillRequest, session: BattleSession): TestBackfill {
  const { backfillId, strategy, addPlayers } = request;
  const document: Backfill = {
    ...{ backfillId, strategy, addPlayers: { ...addPlayers }, state: "SEARCHING", cause: undefined },
    ...{ progress: [], noLegalFill: false },
  };
  return assessBackfill({ document, goals: goalsOf(request, session) }, session);
}

/** The backfill after a look at the session; the same value if nothing in it changed. */
export function assessBackfill(backfill: TestBackfill, session: BattleSession): TestBackfill {
  const { document, goals } = backfill;
  if (!isLive(document)) return backfill;
  const progress = session.teams.map(({ name }) => {
    const seats = session.playerSessions.filter(({ team }) => team === name);
    const reserved = seats.filter(({ state }) => state === "RESERVED").length;
    return { team: name, have: seats.length - reserved, reserved, goal: goals.get(name) ?? 0 };
  });
  const next: Backfill = { ...document, ...phaseOf(document, progress, session), progress };
  return JSON.stringify(next) === JSON.stringify(document) ? backfill : { ...backfill, document: next };
}

/** The backfill as it ends. */
export function endedBackfill(backfill: TestBackfill, cause: BackfillCause): TestBackfill {
  return { ...backfill, document: { ...backfill.document, state: "CANCELLED", cause } };
}

export function isLive(document: Backfill | undefined): document is Backfill {
  return document?.state === "SEARCHING" || document?.state === "PAUSED";
}

function phaseOf(
  { strategy }: Backfill,
  progress: Backfill["progress"],
  session: BattleSession,
): Pick<Backfill, "state" | "cause"> {
  if (session.state === "TERMINATED") return { state: "CANCELLED", cause: "SESSION_ENDED" };
  const isFull = progress.length > 0 && progress.every(({ have, reserved, goal }) => have + reserved >= goal);
  const haveArrived = progress.every(({ reserved }) => reserved === 0);
  if (strategy === "CUSTOM" && isFull && haveArrived) return { state: "COMPLETED", cause: "GOAL_REACHED" };
  if (session.creationPolicy === "DENY_ALL") return { state: "PAUSED", cause: "DENY_ALL" };
  const isPacked = session.playerSessions.length >= session.capacity;
  if (strategy === "MAX_POSSIBLE" && (isFull || isPacked)) return { state: "PAUSED", cause: "FULL" };
  return { state: "SEARCHING", cause: undefined };
}

function goalsOf({ strategy, addPlayers }: BackfillRequest, session: BattleSession): ReadonlyMap<string, number> {
  const { teams, playerSessions } = session;
  if (strategy === "MAX_POSSIBLE") return new Map(teams.map(({ name, capacity }) => [name, capacity]));
  if (Object.keys(addPlayers).length === 0) throw fieldInvalid("add_players", "one team or more", "empty");
  const goals = new Map(
    teams.map(({ name }) => [name, playerSessions.filter(({ team }) => team === name).length] as const),
  );
  for (const [asked, count] of Object.entries(addPlayers)) {
    if (!Number.isInteger(count) || count < 1) throw fieldInvalid(`add_players.${asked}`, "a number from 1 on", count);
    const instances = teams.filter(({ name, template }) => name === asked || template === asked);
    if (instances.length === 0) {
      const known = teams.map(({ name }) => name).join(", ");
      throw new MusterError("TEAM_UNKNOWN", `Cannot add players to team ${asked}: there are ${known || "no teams"}`);
    }
    let left = count;
    for (const { name, capacity } of instances) {
      const given = Math.min(left, capacity - (goals.get(name) ?? 0));
      goals.set(name, (goals.get(name) ?? 0) + given);
      left -= given;
    }
    if (left === 0) continue;
    const why = `Cannot add ${count} players to team ${asked} as it has room for ${count - left}`;
    throw new MusterError("TEAM_SIZE_EXCEEDED", why, { metadata: { team: asked } });
  }
  return goals;
}
