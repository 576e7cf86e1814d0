// Everything that a battle session is told: fills and backfill updates, one after the other, so that the game hears of them in
// order. What there is to tell follows from durable facts and the fleet's own picture, and is worked out anew each time.
import { backoffMs } from "@muster/kit";
import { type BattleSession, type MusterError, type ServerSessionId, toMusterError } from "@muster/proto";
import { isSameDocument, updateIdOf } from "./core/backfill.ts";
import { decideFillApplied, decideFillDropped } from "./core/fleet-reports.ts";
import type { MatcherState } from "./core/matcher-state.ts";
import { createKeyedWork } from "./keyed-work.ts";
import type { BackfillUpdate, FillRequest } from "./ports.ts";
import { seatsOf } from "./seats-of.ts";
import { record, type Workshop } from "./workshop.ts";

export interface SessionOutbox extends AsyncDisposable {
  poke(id: ServerSessionId): void;
  /**
   * Whether the fleet refused the last fill on grounds that the view does not show yet: until it does, another would be
   * judged by the same old picture.
   */
  isBlocked(id: ServerSessionId): boolean;
  forget(id: ServerSessionId): void;
}

type Job =
  | { readonly type: "fill"; readonly request: FillRequest }
  | { readonly type: "update"; readonly update: BackfillUpdate };

/** The roster that the refused fill was judged against, and what the view showed after the refusal. */
type Block = { readonly rosterVersion: number; readonly revision: number };

export function createSessionOutbox(workshop: Workshop): SessionOutbox {
  const { ledger, fleet, view, clock, random, log } = workshop;
  /** Updates that the fleet has taken, or will never take, before the feed shows them. */
  const told = new Map<ServerSessionId, string>();
  const blocks = new Map<ServerSessionId, Block>();
  /** Fills that a former run may have asked for already. */
  const inherited = new Set([...ledger.state.sessions.values()].flatMap(({ fill }) => fill?.fillId ?? []));

  const findJob = (state: MatcherState, id: ServerSessionId): Job | undefined => {
    const session = state.sessions.get(id);
    if (!session) return undefined;
    if (session.fill) {
      const { newcomers, document: backfill, ...fill } = session.fill;
      return {
        type: "fill",
        request: { ...fill, battleSessionId: id, backfill, newcomers: seatsOf(state, newcomers) },
      };
    }
    const shown = view.find(id);
    if (!session.backfill || !shown || session.ended || shown.state === "TERMINATED") return undefined;
    const { document } = session.backfill;
    const updateId = updateIdOf(session.backfill);
    if (told.get(id) === updateId || (shown.backfill && isSameDocument(shown.backfill, document))) return undefined;
    return { type: "update", update: { updateId, battleSessionId: id, backfill: document } };
  };

  /**
   * The answer to a repeat is the session right after the fill. Nobody has been told the seats since: a newcomer who is not
   * there any more had no chance to come, and searches on.
   */
  const presentOf = async (session: BattleSession, signal: AbortSignal): Promise<BattleSession> => {
    const { battleSessionId } = session;
    const present = await fleet.findSession(battleSessionId, signal).catch((error: unknown) => {
      log.warn({ battleSessionId, error }, "Cannot look at the session after a repeated fill; taking the answer");
      return undefined;
    });
    return present ?? session;
  };
  const applyFill = async (request: FillRequest, isRepeat: boolean, signal: AbortSignal) => {
    const { fillId, battleSessionId } = request;
    const answered = await fleet.applyFill(request, view.find(battleSessionId), signal);
    const session = isRepeat || inherited.has(fillId) ? await presentOf(answered, signal) : answered;
    inherited.delete(fillId);
    if (view.put(session)) workshop.viewChanged.ring();
    blocks.delete(battleSessionId);
    await record(workshop, (state) => {
      return decideFillApplied(state, fillId, { session, present: view.find(battleSessionId) });
    });
  };
  const dropFill = async (request: FillRequest, { reason }: MusterError, signal: AbortSignal) => {
    const { fillId, battleSessionId, expectedRosterVersion } = request;
    log.debug({ fillId, reason }, "The fleet refused a fill");
    // The feed may be behind the refusal. The tickets come free with the roster as it is, so that the next round may give
    // them to the same session before it makes a match of them.
    const present = await fleet.findSession(battleSessionId, signal).catch((error: unknown) => {
      log.debug({ battleSessionId, error }, "Cannot look at the session; the feed will show it");
      return undefined;
    });
    if (present && view.put(present)) workshop.viewChanged.ring();
    const revision = view.find(battleSessionId)?.revision ?? 0;
    // What the game refused says nothing of the roster, and changes nothing of it: the next fill is of others.
    if (reason !== "FILL_REFUSED_BY_GAME") {
      blocks.set(battleSessionId, { rosterVersion: expectedRosterVersion, revision });
    }
    await record(workshop, (state) => decideFillDropped(state, fillId, { battleSessionId, reason }));
  };
  const perform = async (job: Job, isRepeat: boolean, signal: AbortSignal) => {
    if (job.type === "fill") return applyFill(job.request, isRepeat, signal);
    await fleet.updateBackfill(job.update, signal);
    told.set(job.update.battleSessionId, job.update.updateId);
  };
  const giveUp = async (job: Job, error: MusterError, signal: AbortSignal) => {
    if (job.type === "fill") return dropFill(job.request, error, signal);
    const { updateId, battleSessionId } = job.update;
    log.warn({ updateId, reason: error.reason }, "The fleet refused a backfill update");
    told.set(battleSessionId, updateId);
  };

  const work = createKeyedWork<ServerSessionId>(async (id, signal) => {
    for (let attempt = 1; ; ) {
      const job = await ledger.read((state) => findJob(state, id));
      if (!job) return;
      try {
        await perform(job, attempt > 1, signal);
        attempt = 1;
      } catch (caught) {
        if (signal.aborted) return;
        const error = toMusterError(caught);
        if (error.retry === "backoff" || error.reason === "CALL_CANCELLED") {
          // Nobody knows whether it was done: the same again, until the fleet says.
          if (attempt === 1) log.warn({ battleSessionId: id, reason: error.reason }, "Telling the fleet again");
          await clock.sleep(backoffMs(attempt, random), signal);
          attempt += 1;
        } else {
          await giveUp(job, error, signal);
          attempt = 1;
        }
      }
    }
  }, workshop.onFatal);

  return {
    poke: work.poke,
    isBlocked(id) {
      const block = blocks.get(id);
      if (!block) return false;
      const shown = view.find(id);
      const caughtUp = shown && (shown.rosterVersion > block.rosterVersion || shown.revision > block.revision);
      if (caughtUp) blocks.delete(id);
      return !caughtUp;
    },
    forget(id) {
      told.delete(id);
      blocks.delete(id);
    },
    [Symbol.asyncDispose]: () => work[Symbol.asyncDispose](),
  };
}
