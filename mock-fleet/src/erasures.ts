// Overwrites what the journal still keeps of players who have been erased, until it is done: what a former run had begun too.
import { createHash } from "node:crypto";
import type { Ledger } from "@muster/journal";
import { backoffMs, type Clock, isAbortError, type Random } from "@muster/kit";
import { type ErasureId, newId, type PlayerId, toMusterError } from "@muster/proto";
import type { Log } from "@muster/service";
import { decideErasePlayer, decideErasureCompleted, playersOf } from "./core/erase-player.ts";
import type { FleetFact } from "./core/fleet-fact.ts";
import type { FleetFold } from "./core/fleet-state.ts";
import type { FleetRunner } from "./fleet-runner.ts";

export interface Erasures extends AsyncDisposable {
  /**
   * Erases the player; resolves when neither the state nor the journal names the player any more.
   *
   * @throws {MusterError} PLAYER_SEATED, JOURNAL_FULL. What `signal` aborts with: what has begun is finished all the same.
   */
  erase(playerId: PlayerId, signal: AbortSignal): Promise<void>;
}

export type ErasuresOptions = {
  readonly ledger: Pick<Ledger<FleetFold, FleetFact>, "eraseFacts" | "state">;
  readonly runner: FleetRunner;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly onFatal: (error: unknown) => void;
};

/** Goes on at once with what a former run had begun. Disposing leaves the rest to the next run. */
export function createErasures({ ledger, runner, clock, random, log, onFatal }: ErasuresOptions): Erasures {
  const stop = new AbortController();
  const waiting = new Map<ErasureId, () => void>();
  let working: Promise<void> | undefined;

  const eraseRecords = async (erasureId: ErasureId, digest: string) => {
    const concerns = (fact: FleetFact) => playersOf(fact).some((playerId) => digestOf(erasureId, playerId) === digest);
    for (let attempt = 1; ; attempt += 1) {
      try {
        const records = await ledger.eraseFacts(concerns);
        runner.act((state) => decideErasureCompleted(state, erasureId));
        return log.info({ erasureId, records }, "Erased a player");
      } catch (error) {
        const { reason, retry } = toMusterError(error);
        if (stop.signal.aborted || retry !== "backoff") throw error;
        if (attempt === 1) log.warn({ erasureId, reason }, "Cannot erase a player's records yet; trying again");
        await clock.sleep(backoffMs(attempt, random), stop.signal);
      }
    }
  };
  const work = async () => {
    for (let [next] = ledger.state.erasures; next && !stop.signal.aborted; [next] = ledger.state.erasures) {
      await eraseRecords(...next);
    }
  };
  /** One after the other: each takes a snapshot. */
  const goOn = () => {
    working ??= work()
      .catch((error: unknown) => {
        if (!stop.signal.aborted && !isAbortError(error)) onFatal(error);
      })
      .finally(() => {
        working = undefined;
      });
  };
  const stopListening = runner.onCommitted((facts) => {
    for (const { fact } of facts) {
      if (fact.type === "player-erased") goOn();
      if (fact.type !== "erasure-completed") continue;
      waiting.get(fact.erasureId)?.();
      goOn(); // With one that came while this was under way.
    }
  });
  goOn();

  return {
    async erase(playerId, signal) {
      const erasureId = newId("erasure", random);
      const erasure = { erasureId, playerId, playerDigest: digestOf(erasureId, playerId) };
      const completed = new Promise<void>((resolve, reject) => {
        waiting.set(erasureId, resolve);
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
      completed.catch(() => undefined); // Awaited below, unless the player cannot be erased.
      try {
        await runner.decide((state) => ({ facts: decideErasePlayer(state, erasure), reply: undefined }));
        await completed;
      } finally {
        waiting.delete(erasureId);
      }
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      stopListening();
      await working;
    },
  };
}

/** SHA-256, salted with the erasure, so that no table of digests tells who was erased. */
function digestOf(erasureId: ErasureId, playerId: string): string {
  return createHash("sha256").update(`${erasureId}:${playerId}`).digest("base64url");
}
