// The shell around the core: decides on the ledger, lets deadlines come true, and after every change does the upkeep. All of
// it synchronous up to the write, so that no two decisions ever see each other half done.

import type { CommittedFact, ExecuteOptions, Ledger } from "@muster/journal";
import { abortError, type Clock, InvariantError, isAbortError, type Random } from "@muster/kit";
import type { ProcessId } from "@muster/proto";
import type { Decision, Moment } from "./core/decision.ts";
import { whenDue } from "./core/due.ts";
import { forgetEnded } from "./core/ended.ts";
import type { FleetConfig } from "./core/fleet-config.ts";
import type { FleetFact } from "./core/fleet-fact.ts";
import type { FleetFold, FleetState } from "./core/fleet-state.ts";
import { concernsUpkeep, nextUpkeep } from "./core/upkeep.ts";

export interface FleetRunner extends AsyncDisposable {
  readonly config: FleetConfig;
  /** For decisions and timers, never for answers: it shows what is not durable yet. */
  readonly state: FleetState;
  /** Of the last durable fact. */
  readonly durablePosition: number;
  /**
   * Decides now; resolves once what was decided, or seen, is durable. Rejects with what `decide` threw, and with JOURNAL_FULL
   * while the disk has no room, unless what is to be decided has happened already.
   */
  decide<Reply>(
    decide: (state: FleetState, moment: Moment) => Decision<Reply>,
    options?: ExecuteOptions,
  ): Promise<Reply>;
  /** As `decide`, for what nobody waits for; on a full disk it waits for room. */
  act(decide: (state: FleetState, moment: Moment) => readonly FleetFact[]): void;
  /** A value of the state, given once everything that it shows is durable. */
  read<Value>(select: (state: FleetState, moment: Moment) => Value): Promise<Value>;
  onCommitted(listener: (facts: readonly CommittedFact<FleetFact>[]) => void): () => void;
  nowMs(): number;
  /** Wall-clock ms of an instant of journal time, as it looks now. */
  wallOf(journalMs: number): number;
  /** Nothing is launched any more. */
  stopLaunching(): void;
}

export type FleetRunnerOptions = {
  readonly ledger: Ledger<FleetFold, FleetFact>;
  readonly clock: Clock;
  readonly random: Random;
  readonly config: FleetConfig;
  readonly attached: ReadonlySet<ProcessId>;
  readonly supervised: ReadonlySet<ProcessId>;
  readonly onFatal: (error: unknown) => void;
};

/** Drift of the wall clock that is not worth telling two people different times for one deadline, in ms. */
const WALL_DRIFT_MS = 100;

/** Made once: its stack costs more than the sleep that it calls off. */
const DISARMED = abortError("Another deadline is nearer");

/** Takes over the ledger, which it closes when disposed. Nothing happens by itself before the first decision. */
export function createFleetRunner(options: FleetRunnerOptions): FleetRunner {
  const { ledger, clock, random, config, attached, supervised, onFatal } = options;
  const closing = new AbortController();
  let stopping = false;
  // A restarted fleet looks after everything once.
  let needsUpkeep = true;
  let wallOffsetMs = 0;
  let armedFor: number | undefined;
  let disarm = new AbortController();

  const nowMs = () => Math.floor(ledger.nowMs());
  const momentAt = (atMs: number): Moment => ({
    nowMs: Math.floor(atMs),
    wallMs: Math.floor(clock.wallMs()),
    random,
    config,
    attached,
    supervised,
    stopping,
  });
  const inBackground = (done: Promise<unknown>) => {
    done.catch((error: unknown) => {
      if (!closing.signal.aborted) onFatal(error);
    });
  };
  const note = (facts: readonly FleetFact[]) => {
    needsUpkeep ||= facts.some(concernsUpkeep);
  };
  /** Decides without anybody waiting; answers whether anything changed. */
  const step = (decide: (state: FleetState, moment: Moment) => readonly FleetFact[]): boolean => {
    let changed = false;
    const done = ledger.execute(
      (state, atMs) => {
        const facts = decide(state, momentAt(atMs));
        changed = facts.length > 0;
        note(facts);
        return { facts, reply: undefined };
      },
      { internal: true },
    );
    inBackground(done);
    return changed;
  };
  const letDeadlinesPass = () => {
    for (let due = takeDue(); due.length > 0; due = takeDue()) {
      needsUpkeep = true;
      for (const deadline of due) step((state, moment) => whenDue(state, deadline, moment));
    }
    const ended = ledger.state.ended.takeDue(nowMs() - config.settings.endedKeptMs);
    if (ended.length > 0) step((state) => forgetEnded(state, ended));
  };
  const takeDue = () => ledger.state.agenda.takeDue(nowMs());
  const upkeep = () => {
    try {
      return nextUpkeep(ledger.state, momentAt(ledger.nowMs()));
    } catch (error) {
      onFatal(error);
      return [];
    }
  };
  const keepUp = () => {
    while (needsUpkeep && !closing.signal.aborted) {
      needsUpkeep = false;
      // Asked before it is stepped: nothing to do must not wait for the disk, nor cost what a decision costs.
      for (let facts = upkeep(); facts.length > 0 && step(() => facts); facts = upkeep());
    }
    arm();
  };
  /** Wakes at the earliest deadline, and when something is to be forgotten. */
  const arm = () => {
    const { agenda, ended } = ledger.state;
    const forgetMs = (ended.nextMs ?? Number.POSITIVE_INFINITY) + config.settings.endedKeptMs;
    const earliestMs = Math.min(agenda.nextMs ?? Number.POSITIVE_INFINITY, forgetMs);
    const nextMs = earliestMs === Number.POSITIVE_INFINITY ? undefined : earliestMs;
    if (nextMs === armedFor || closing.signal.aborted) return;
    // One that is armed for earlier looks again when it wakes: most deadlines are called off long before their time.
    if (nextMs !== undefined && armedFor !== undefined && armedFor < nextMs) return;
    disarm.abort(DISARMED);
    disarm = new AbortController();
    armedFor = nextMs;
    if (nextMs === undefined) return;
    clock.sleep(Math.ceil(nextMs - ledger.nowMs()), disarm.signal).then(
      () => {
        armedFor = undefined;
        letDeadlinesPass();
        keepUp();
      },
      (error: unknown) => {
        if (!isAbortError(error)) onFatal(error);
      },
    );
  };

  return {
    config,
    state: ledger.state,
    get durablePosition() {
      return ledger.durableSequence;
    },
    decide(decide, options) {
      letDeadlinesPass();
      const reply = ledger.execute((state, atMs) => {
        const decision = decide(state, momentAt(atMs));
        note(decision.facts);
        return decision;
      }, options);
      reply.catch((error: unknown) => {
        if (error instanceof InvariantError) onFatal(error);
      });
      keepUp();
      return reply;
    },
    act(decide) {
      letDeadlinesPass();
      step(decide);
      keepUp();
    },
    read: (select) => ledger.read((state, atMs) => select(state, momentAt(atMs))),
    onCommitted: (listener) => ledger.onCommitted(listener),
    nowMs,
    wallOf: (journalMs) => {
      const presentMs = Math.round(clock.wallMs() - ledger.nowMs());
      if (Math.abs(presentMs - wallOffsetMs) > WALL_DRIFT_MS) wallOffsetMs = presentMs;
      return journalMs + wallOffsetMs;
    },
    stopLaunching: () => {
      stopping = true;
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      disarm.abort();
      await ledger[Symbol.asyncDispose]();
    },
  };
}
