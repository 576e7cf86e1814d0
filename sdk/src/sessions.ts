// The battle sessions that the game knows, and the queue of what it has yet to hear of each: callbacks run one after
// another per session, in order, and wait for a handler that is registered late.
import { MusterError, type PlayerSession, type BattleSession as SessionValue } from "@muster/proto";
import { type BattleSession, SessionHandle } from "./battle-session.ts";
import type { Callbacks } from "./callbacks.ts";
import { type EndedSeat, type Fold, foldNews, type SessionNews, type UpdateReason } from "./core/fold-news.ts";
import { mergeUpdates } from "./core/merge-updates.ts";
import type { Player, PlayerHandle } from "./player.ts";
import type { SidecarCalls } from "./sidecar-calls.ts";
import type { AnyGame, GameReader, GameTypes } from "./validators.ts";

/** A battle for the game to load. */
export type StartOptions = {
  /** After this the session is given to another process. Undefined if it has been activated before. */
  readonly activateBy: Date | undefined;
  /** Aborts when the callback's time is over, or the SDK is closed. */
  readonly signal: AbortSignal;
};

/** What differs from what the game heard last. */
export type BattleSessionUpdate<Types extends GameTypes = AnyGame> = {
  readonly session: BattleSession<Types>;
  /**
   * Why: PLAYERS_ADDED, PLAYER_REMOVED, BACKFILL_UPDATED, SESSION_TERMINATING …; SNAPSHOT if several changes arrive as one
   * because the game was slow or out of touch.
   */
  readonly reason: UpdateReason;
  /** Players who were given a seat. */
  readonly added: readonly Player<Types>[];
  /** Players whose seat has ended: `player.endCause` tells why. */
  readonly removed: readonly Player<Types>[];
  /** Players who keep their seat and differ: accepted, disconnected, returned. */
  readonly updated: readonly Player<Types>[];
  /** The backfill after the change; undefined if there never was one. */
  readonly backfill: BattleSession["backfill"];
};

export type StartHandler<Types extends GameTypes = AnyGame> = (
  session: BattleSession<Types>,
  options: StartOptions,
) => void | Promise<void>;
export type UpdateHandler<Types extends GameTypes = AnyGame> = (
  update: BattleSessionUpdate<Types>,
) => void | Promise<void>;

/** Updates of one session that wait for their handler before they are merged into one. */
const WAITING_UPDATES_MAX = 1_000;
/** Sessions that are over whose late messages are recognised as such. */
const ENDED_REMEMBERED_MAX = 1_000;

/** Answers to what is said again that the game need not hear of: it is so already, or the game let go of the sidecar. */
const IN_VAIN: ReadonlySet<string> = new Set([
  "PLAYER_SESSION_NOT_FOUND",
  "PLAYER_SESSION_ENDED",
  "PLAYER_SESSION_EXPIRED",
  "SERVER_SESSION_NOT_FOUND",
  "CALL_CANCELLED",
  "FLEET_UNREACHABLE", // It is said once more when the fleet's picture comes.
]);

type Waiting =
  | { readonly type: "start"; readonly revision: number; readonly activateBy: Date | undefined }
  | ({ readonly type: "update"; readonly revision: number } & Omit<
      BattleSessionUpdate,
      "added" | "removed" | "updated"
    > & {
        readonly added: readonly PlayerHandle[];
        readonly removed: readonly PlayerHandle[];
        readonly updated: readonly PlayerHandle[];
      });

type Entry = {
  readonly handle: SessionHandle;
  waiting: Waiting[];
  running: boolean;
  /** The last revision whose callback has returned. 0 while the start handler has not. */
  handledRevision: number;
  /** Differences are missing: the next watch asks for a snapshot. */
  torn: boolean;
  /** The start handler threw: the session is terminated as soon as the sidecar can be reached. */
  refused: boolean;
};

export interface Sessions {
  /** The sessions that are not over. */
  list(): readonly BattleSession[];
  find(battleSessionId: string): SessionHandle | undefined;
  /** Resolves with the session once the sidecar has told of it; rejects when `signal` aborts. */
  expect(battleSessionId: string, signal: AbortSignal): Promise<SessionHandle>;
  /** @throws {MusterError} CURSOR_EXPIRED if changes are missing: the watch must be opened again. */
  take(battleSessionId: string, news: SessionNews): void;
  /** Says to a sidecar that may be another what the game did and no news shows yet. */
  sayAgain(): void;
  /** By session: what to name in the next watch. */
  resumeAfter(): Readonly<Record<string, number>>;
  onStart(handler: StartHandler): void;
  onUpdate(handler: UpdateHandler): void;
}

export type SessionsOptions = {
  readonly calls: SidecarCalls;
  readonly callbacks: Callbacks;
  readonly reader: GameReader;
  readonly callbackTimeoutMs: number;
};

/** No session is known yet. */
export function createSessions({ calls, callbacks, reader, callbackTimeoutMs }: SessionsOptions): Sessions {
  const entries = new Map<string, Entry>();
  const ended = new Set<string>();
  const arrivals = new EventTarget();
  let startHandler: StartHandler | undefined;
  let updateHandler: UpdateHandler | undefined;

  const begin = ({ session, activateByMs }: Fold & { type: "started" }) => {
    const id = session.battleSessionId;
    if (session.state === "TERMINATING") return void terminate(id); // Nobody here runs it.
    const entry: Entry = {
      handle: new SessionHandle(session, { calls, reader }),
      waiting: [],
      running: false,
      handledRevision: 0,
      torn: false,
      refused: false,
    };
    const activateBy = activateByMs === undefined ? undefined : new Date(activateByMs);
    entry.waiting.push({ type: "start", revision: session.revision, activateBy });
    entries.set(id, entry);
    arrivals.dispatchEvent(new Event(id));
    void pump(entry);
  };

  const update = (entry: Entry, { session, update: { reason, ...seats } }: Fold & { type: "updated" }) => {
    const { handle } = entry;
    handle.value = session;
    const show = (seat: PlayerSession) => handle.seatOf(seat);
    const added = seats.added.map(show);
    const updated = seats.updated.map(show);
    const removed = seats.removed.map((one) => endSeat(handle, one));
    const { revision, backfill } = session;
    entry.waiting.push({ type: "update", revision, session: handle, reason, added, updated, removed, backfill });
    if (entry.waiting.length > WAITING_UPDATES_MAX) entry.waiting = mergeWaiting(entry.waiting);
    if (reason === "SESSION_TERMINATING" && !updateHandler) void terminate(session.battleSessionId);
    void pump(entry);
    forgetIfOver(entry);
  };

  /** Runs what waits, for as long as there is a handler for it. */
  const pump = async (entry: Entry) => {
    if (entry.running) return;
    entry.running = true;
    for (let next = entry.waiting[0]; next && hasHandler(next); next = entry.waiting[0]) {
      entry.waiting.shift();
      if (next.type === "start") await runStart(entry, next.activateBy);
      else await runUpdate(next);
      entry.handledRevision = next.revision;
    }
    entry.running = false;
    forgetIfOver(entry);
  };
  const hasHandler = (next: Waiting) => (next.type === "start" ? startHandler : updateHandler) !== undefined;

  const runStart = async (entry: Entry, activateBy: Date | undefined) => {
    const { handle } = entry;
    if (handle.state === "TERMINATED") return;
    const { battleSessionId } = handle;
    const outcome = await callbacks.run({
      context: { where: "onStartBattleSession", battleSessionId },
      timeoutMs: callbackTimeoutMs,
      call: (signal) => startHandler?.(handle, { activateBy, signal }),
    });
    if (outcome.type !== "threw") return;
    entry.refused = true;
    await terminate(battleSessionId);
  };

  const runUpdate = async ({ type: _, revision: __, ...shown }: Waiting & { type: "update" }) => {
    await callbacks.run({
      context: { where: "onBattleSessionUpdated", battleSessionId: shown.session.battleSessionId },
      timeoutMs: callbackTimeoutMs,
      call: () => updateHandler?.(shown),
    });
  };

  const terminate = async (battleSessionId: string) => {
    try {
      await calls.terminateBattleSession(battleSessionId, {});
    } catch (error) {
      callbacks.report(error, { where: "sidecar", battleSessionId });
    }
  };

  const sayAgain = (handle: SessionHandle, shown: SessionValue) => {
    const { battleSessionId } = handle;
    for (const call of handle.unconfirmedIn(shown)) {
      call().catch((error: unknown) => {
        if (error instanceof MusterError && IN_VAIN.has(error.reason)) return;
        callbacks.report(error, { where: "sidecar", battleSessionId });
      });
    }
  };

  /** A session that is over is kept until its last update was heard; without a handler nobody will. */
  const forgetIfOver = (entry: Entry) => {
    const { battleSessionId, state } = entry.handle;
    if (state !== "TERMINATED" || entry.running) return;
    if (entry.waiting.some(hasHandler) || entries.get(battleSessionId) !== entry) return;
    entries.delete(battleSessionId);
    ended.add(battleSessionId);
    if (ended.size > ENDED_REMEMBERED_MAX) for (const oldest of ended) return void ended.delete(oldest);
  };

  const pumpAll = () => {
    for (const entry of entries.values()) void pump(entry);
  };

  return {
    list: () => [...entries.values()].map(({ handle }) => handle).filter(({ state }) => state !== "TERMINATED"),
    find: (battleSessionId) => entries.get(battleSessionId)?.handle,
    expect: (battleSessionId, signal) =>
      new Promise((resolve, reject) => {
        const settle = () => {
          const entry = entries.get(battleSessionId);
          if (entry) {
            signal.removeEventListener("abort", stop);
            resolve(entry.handle);
          }
        };
        const stop = () => {
          arrivals.removeEventListener(battleSessionId, settle);
          reject(signal.reason);
        };
        if (signal.aborted) return stop();
        arrivals.addEventListener(battleSessionId, settle, { once: true });
        signal.addEventListener("abort", stop, { once: true });
        settle();
      }),
    take(battleSessionId, news) {
      const entry = entries.get(battleSessionId);
      if (!entry && ended.has(battleSessionId)) return;
      const fold = foldNews(entry?.handle.value, news);
      if (entry && (news.type === "start" || news.type === "snapshot")) {
        entry.torn = false;
        if (entry.refused && news.session.state !== "TERMINATED") void terminate(battleSessionId);
        sayAgain(entry.handle, news.session);
      }
      switch (fold.type) {
        case "same":
          return;
        case "started":
          return begin(fold);
        case "updated":
          if (entry) update(entry, fold);
          return;
        case "gap":
          if (entry) entry.torn = true;
          throw new MusterError(
            "CURSOR_EXPIRED",
            `Cannot fold a change of ${battleSessionId} as changes before it are missing: a snapshot is asked for`,
          );
      }
    },
    sayAgain() {
      for (const { handle } of entries.values()) sayAgain(handle, handle.value);
    },
    resumeAfter() {
      const revisions: Record<string, number> = {};
      // 0 asks for a snapshot, or for the word that the session is over: of one that is not named nobody would say that.
      for (const [id, { handledRevision, torn }] of entries) revisions[id] = torn ? 0 : handledRevision;
      return revisions;
    },
    onStart(handler) {
      startHandler = handler;
      pumpAll();
    },
    onUpdate(handler) {
      updateHandler = handler;
      pumpAll();
    },
  };
}

function endSeat(handle: SessionHandle, { seat, cause }: EndedSeat): PlayerHandle {
  const player = handle.seatOf(seat);
  player.end(cause);
  handle.forget(seat.playerSessionId);
  return player;
}

/** One update in place of all that wait; a start that waits before them stays. */
function mergeWaiting(waiting: readonly Waiting[]): Waiting[] {
  const updates = waiting.filter((one) => one.type === "update");
  const last = updates.at(-1);
  if (!last) return [...waiting];
  const merged: Waiting = { ...last, reason: "SNAPSHOT", ...mergeUpdates(updates) };
  return [...waiting.filter((one) => one.type === "start"), merged];
}
