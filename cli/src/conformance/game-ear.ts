// The watch as a game without an SDK hears it: every event with its place, sessions folded, waited for by who tests.
import { systemClock } from "@muster/kit";
import {
  applySessionChange,
  type BattleSession,
  MusterError,
  readBattleSession,
  readSessionChange,
} from "@muster/proto";
import type { Client } from "@muster/proto/rpc";
import type { GameServerServiceDefinition, WatchResponse } from "@muster/proto/sdk";

export type GameEvent = NonNullable<WatchResponse["event"]>;

export interface GameEar {
  /** What was heard so far, oldest first. */
  readonly events: readonly GameEvent[];
  /** By the events folded. */
  readonly sessions: ReadonlyMap<string, BattleSession>;
  /** The first mistake of the stream itself: a gap, a change of a session that was never begun. */
  readonly fault: string | undefined;
  /** Why the stream ended; undefined while it is open. */
  readonly ended: string | undefined;
  /** The next event from the last one found on that fits. Rejects after the time. */
  next(what: string, fits: (event: GameEvent) => boolean, withinMs?: number): Promise<GameEvent>;
  /** Leaves. */
  close(): void;
}

const WAIT_MS = 10_000;

export function openGameEar(
  game: Client<typeof GameServerServiceDefinition>,
  resumeAfter: Record<string, number> = {},
  answersHealth = true,
): GameEar {
  const leaving = new AbortController();
  const events: GameEvent[] = [];
  const sessions = new Map<string, BattleSession>();
  let looks: (() => void)[] = [];
  let from = 0;
  let fault: string | undefined;
  let ended: string | undefined;

  const fold = (event: GameEvent) => {
    if (event.$case === "battleSessionUpdated") {
      const change = readSessionChange(event.value);
      const known = sessions.get(change.battleSessionId);
      const expected = known ? known.revision + 1 : (resumeAfter[change.battleSessionId] ?? Number.NaN) + 1;
      if (change.revision !== expected) fault ??= `revision ${change.revision} came where ${expected} was next`;
      if (known) sessions.set(change.battleSessionId, applySessionChange(known, { ...change, revision: expected }));
      else resumeAfter[change.battleSessionId] = change.revision;
    } else if (event.$case === "startBattleSession" || event.$case === "sessionSnapshot") {
      if (event.value.session)
        sessions.set(event.value.session.battleSessionId, readBattleSession(event.value.session));
    } else if (event.$case === "healthCheck" && answersHealth) {
      game.reportHealth({ checkId: event.value.checkId, healthy: true }).catch((error: unknown) => {
        fault ??= `a health check could not be answered: ${String(error)}`;
      });
    }
  };
  const wake = () => {
    const waiting = looks;
    looks = [];
    for (const look of waiting) look();
  };
  const listen = async () => {
    const request = { sdkName: "muster-conformance", sdkVersion: "0.1.0", sdkLanguage: "none", resumeAfter };
    for await (const { event } of game.watch(
      { ...request, resumeAfter: { ...resumeAfter } },
      { signal: leaving.signal },
    )) {
      if (!event) continue;
      fold(event);
      events.push(event);
      wake();
    }
  };
  listen()
    .then(
      () => "ended",
      (error: unknown) => (error instanceof MusterError ? error.reason : String(error)),
    )
    .then((why) => {
      ended = why;
      wake();
    })
    .catch(() => undefined); // A listener that throws is a failed check, told where it waits.

  return {
    events,
    sessions,
    get fault() {
      return fault;
    },
    get ended() {
      return ended;
    },
    async next(what, fits, withinMs = WAIT_MS) {
      const endsMs = systemClock.nowMs() + withinMs;
      for (;;) {
        const at = events.findIndex((event, index) => index >= from && fits(event));
        const found = events[at];
        if (found) {
          from = at + 1;
          return found;
        }
        const leftMs = endsMs - systemClock.nowMs();
        if (leftMs <= 0 || ended !== undefined) {
          const heard = events.slice(from).map(({ $case }) => $case);
          throw new Error(
            `${what} was not heard within ${withinMs} ms: ${heard.join(", ") || "nothing"} was (${ended ?? "open"})`,
          );
        }
        const timer = new AbortController();
        const heard = new Promise<void>((resolve) => looks.push(resolve));
        await Promise.race([heard, systemClock.sleep(leftMs, timer.signal).catch(() => undefined)]);
        timer.abort();
      }
    },
    close: () => leaving.abort(),
  };
}
