// Overwrites what the journal still keeps of players who have been erased, until it is done: what a former run had begun too.
import { backoffMs } from "@muster/kit";
import { type ErasureId, newId, type PlayerId, toMusterError } from "@muster/proto";
import { decideErasePlayer, decideErasureCompleted, playersOf } from "./core/erase-player.ts";
import { digestOfText } from "./digest.ts";
import type { Outbox } from "./events/outbox.ts";
import { createKeyedWork, type KeyedWork } from "./keyed-work.ts";
import { decide, record, type Workshop } from "./workshop.ts";

/** Erases a player, from the state first and then from the journal; each erasure is poked when its fact is durable. */
export function createErasures(workshop: Workshop, outbox?: Outbox): KeyedWork<ErasureId> {
  const { ledger, clock, random, log } = workshop;
  return createKeyedWork(async (erasureId, signal) => {
    for (let attempt = 1; ; attempt += 1) {
      const digest = ledger.state.erasures.get(erasureId);
      if (digest === undefined) return;
      try {
        const erased = await ledger.eraseFacts(({ fact }) => {
          return playersOf(fact).some((playerId) => digestOf(erasureId, playerId) === digest);
        });
        await outbox?.erase((payload) => {
          return playersNamedIn(JSON.parse(payload)).some((playerId) => digestOf(erasureId, playerId) === digest);
        });
        await record(workshop, (state) => decideErasureCompleted(state, erasureId));
        log.info({ erasureId, records: erased }, "Erased a player");
        return;
      } catch (error) {
        if (signal.aborted) return;
        const { reason, retry } = toMusterError(error);
        if (retry !== "backoff") throw error;
        if (attempt === 1) log.warn({ erasureId, reason }, "Cannot erase a player's records yet; trying again");
        await clock.sleep(backoffMs(attempt, random), signal);
      }
    }
  }, workshop.onFatal);
}

/**
 * Erases the player; resolves when neither the state nor the journal names the player any more.
 *
 * @throws {MusterError} PLAYER_IN_LIVE_TICKET, PLAYER_SEATED, JOURNAL_FULL. CALL_CANCELLED or DEADLINE_PASSED if `signal`
 * aborts: what has begun is finished all the same.
 */
export async function erasePlayer(workshop: Workshop, playerId: PlayerId, signal: AbortSignal): Promise<void> {
  const erasureId = newId("erasure", workshop.random);
  const erasure = { erasureId, playerId, playerDigest: digestOf(erasureId, playerId) };
  await decide(workshop, (state) => {
    return { facts: decideErasePlayer(state, erasure, workshop.view.find), reply: undefined };
  });
  while (workshop.ledger.state.erasures.has(erasureId)) await workshop.committed.next(signal);
}

/** Every `playerId` in what was told, however deep. */
function playersNamedIn(value: unknown): readonly PlayerId[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    return key === "playerId" && typeof inner === "string" ? [inner as PlayerId] : playersNamedIn(inner);
  });
}

/** Salted with the erasure, so that no table of digests tells who was erased. */
function digestOf(erasureId: ErasureId, playerId: PlayerId): string {
  return digestOfText(`${erasureId}:${playerId}`);
}
