// A battle session as a recording follows it: who sits where, and what its backfill is, as far as the matcher's journal tells. It
// keeps no roster changes, only how many sit in each team whenever the backfill's document changes, and everybody by name after
// each fill.
import type { Backfill, BackfillId, PlayerId } from "@muster/proto";
import { isLiveBackfill } from "../../core/backfill.ts";
import type { AssignedPlayer } from "../../core/match.ts";

/** Everybody in the battle after its next fill; undefined: there is none. */
export type NextRoster = ReadonlySet<PlayerId> | undefined;

export interface RecordedBattle {
  /** The backfill's document is another. */
  backfillChanged(document: Backfill, next: NextRoster): void;
  /** The battle is as a fill was judged against it, and has a backfill that takes the newcomers; then they are in it. */
  fill(newcomers: readonly AssignedPlayer[], after: Backfill, next: NextRoster): void;
  /** Everybody is known by name. */
  present(players: ReadonlySet<PlayerId>): void;
}

export type RecordedBattleOptions = {
  /** Its id in the recording. */
  readonly id: string;
  readonly seated: readonly { readonly playerId: PlayerId; readonly team: string | undefined }[];
  /** The live backfill that the replay has by itself. */
  readonly backfillId: string | undefined;
  /** When a backfill began, in seconds of the recording. */
  readonly startedAt: (backfillId: BackfillId) => number | undefined;
  /** Takes what happens to it now. */
  readonly tell: (event: { readonly op: string } & Readonly<Record<string, unknown>>) => void;
};

export function createRecordedBattle(options: RecordedBattleOptions): RecordedBattle {
  const { id, seated, backfillId, startedAt, tell } = options;
  const seats = new Map(seated.map(({ playerId, team }) => [playerId, team ?? ""]));
  const left = new Map<PlayerId, string>();
  /** Of the backfill that lives in the replay. */
  let live = backfillId;
  let isClosed = false;

  const move = (op: "playerLeft" | "playerReturned", playerId: PlayerId) => {
    const [from, to] = op === "playerLeft" ? [seats, left] : [left, seats];
    to.set(playerId, from.get(playerId) ?? "");
    from.delete(playerId);
    tell({ op, battleSessionId: id, playerId });
  };
  const inTeam = (of: ReadonlyMap<PlayerId, string>, team: string) =>
    [...of].filter(([, name]) => name === team).map(([playerId]) => playerId);
  const adjust = (sizes: ReadonlyMap<string, number>, next: NextRoster) => {
    for (const [team, size] of sizes) {
      const present = inTeam(seats, team);
      // Who is gone at the next fill goes first; where there is none, nobody will look at who it was.
      const leavers = present.toSorted((one, other) => Number(next?.has(one) ?? 0) - Number(next?.has(other) ?? 0));
      const back = inTeam(left, team).filter((playerId) => next?.has(playerId));
      for (const playerId of leavers.slice(0, Math.max(0, present.length - size))) move("playerLeft", playerId);
      for (const playerId of back.slice(0, Math.max(0, size - present.length))) move("playerReturned", playerId);
    }
  };
  const setClosed = (closed: boolean) => {
    if (closed === isClosed) return;
    isClosed = closed;
    tell({ op: "policy", battleSessionId: id, policy: closed ? "DENY_ALL" : "ACCEPT_ALL" });
  };
  /** Starts what the replay lacks: in it everybody accepts at once, so that a goal which is reached is reached for good. */
  const start = ({ backfillId: started, strategy, progress }: Backfill, sizes: ReadonlyMap<string, number>) => {
    if (live === started) return;
    const missing = progress.map(({ team, goal }) => [team, goal - (sizes.get(team) ?? 0)] as const);
    const addPlayers = Object.fromEntries(missing.filter(([, count]) => count > 0));
    const isCustom = strategy === "CUSTOM";
    if (isCustom && Object.keys(addPlayers).length === 0) return;
    live = started;
    const since = startedAt(started);
    const asked = {
      strategy,
      ...(isCustom ? { addPlayers } : {}),
      ...(since === undefined ? {} : { startedAt: since }),
    };
    tell({ op: "startBackfill", battleSessionId: id, ...asked, replace: true });
  };

  return {
    backfillChanged(document, next) {
      const { backfillId: changed, state, cause } = document;
      const sizes = sizesIn(document);
      adjust(sizes, next);
      setClosed(cause === "DENY_ALL");
      if (isLiveBackfill(document)) start(document, sizes);
      if (live !== changed || state !== "CANCELLED" || cause !== "CANCELLED_BY_REQUEST") return;
      live = undefined;
      tell({ op: "cancelBackfill", battleSessionId: id });
    },
    fill(newcomers, after, next) {
      const sizes = sizesIn(after);
      for (const { team } of newcomers) sizes.set(team, (sizes.get(team) ?? 0) - 1);
      adjust(sizes, next);
      setClosed(false);
      start(after, sizes);
      for (const { playerId, team } of newcomers) seats.set(playerId, team);
      const isReached = after.progress.every(({ have, reserved, goal }) => have + reserved >= goal);
      if (after.strategy === "CUSTOM" && isReached) live = undefined;
    },
    present(players) {
      for (const playerId of [...seats.keys()]) if (!players.has(playerId)) move("playerLeft", playerId);
      for (const playerId of [...left.keys()]) if (players.has(playerId)) move("playerReturned", playerId);
    },
  };
}

function sizesIn({ progress }: Backfill): Map<string, number> {
  return new Map(progress.map(({ team, have, reserved }) => [team, have + reserved]));
}
