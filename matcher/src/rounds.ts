// When to match: a while after the first change of a pool, at once when a seat fell free, and when time alone changes what is
// legal. One loop keeps this and the deadlines; load makes its rounds larger, not more frequent.
import { decideDue, nextDueAtMs } from "./core/deadlines.ts";
import type { MatcherState } from "./core/matcher-state.ts";
import { decideRound, nextExpansionAtMs, type RoundInput } from "./core/round.ts";
import { restAfterMs } from "./core/round-rest.ts";
import { createWatchers } from "./watchers.ts";
import { decide, record, type Workshop } from "./workshop.ts";

export interface Rounds {
  /** The pool of the configuration changed: a round follows when it has settled, or at once. */
  mark(configuration: string, when: "settled" | "now"): void;
  /**
   * Runs a round in this turn, so that what it decides shares a write with what the caller has just decided. Where the pool
   * rests, or has had a round in this millisecond, it is marked instead. Before the rounds run it is only marked.
   */
  runAtOnce(configuration: string): Promise<void>;
  /** Runs until `signal` aborts, or the ledger ends. */
  run(signal: AbortSignal): Promise<void>;
  /** The deadlines may have changed: look at them anew. */
  wake(): void;
}

export function createRounds(
  workshop: Workshop,
  input: Pick<RoundInput, "endpoint" | "findFillable" | "withheld" | "limits"> & {
    /** How long what has ended is remembered. */
    readonly endedMs: number;
  },
): Rounds {
  const { ledger, clock, random } = workshop;
  const dueAtMs = new Map<string, number>();
  const expansionsAtMs = new Map<string, number>();
  const restsUntilMs = new Map<string, number>();
  const lastRoundAtMs = new Map<string, number>();
  let isRunning = false;
  const sleeper = createWatchers(clock);
  const sleeps = sleeper.add();
  /** Of the present sleep; undefined: it is awake. */
  let sleepsUntilMs: number | undefined;

  const wake = () => {
    // Called with every commit, while hardly any of them brings the next wake forward.
    if (sleepsUntilMs !== undefined && (nextWakeMs(ledger.state) ?? Number.POSITIVE_INFINITY) >= sleepsUntilMs) return;
    sleeper.wake([sleeps]);
  };
  const runRound = async (configuration: string) => {
    const match = (state: MatcherState, nowMs: number) => {
      const startedMs = clock.nowMs();
      const decided = decideRound(state, { ...input, configuration, nowMs, random, asksHooks: true });
      const tookMs = clock.nowMs() - startedMs;
      const restMs = decided.isLoading ? 0 : restAfterMs({ found: decided.facts.length, tookMs });
      lastRoundAtMs.set(configuration, nowMs);
      restsUntilMs.set(configuration, nowMs + restMs);
      return { facts: decided.facts, reply: decided };
    };
    const round = await decide(workshop, match, { internal: true });
    if (!round.isQuiet) mark(configuration, "now");
    // What was not written anywhere has kept everybody waiting for nobody's disk: calls have their turn before the next round.
    if (!round.isQuiet && round.facts.length === 0) await clock.sleep(0);
    const nextMs = nextExpansionAtMs(ledger.state, configuration, ledger.nowMs());
    if (nextMs === undefined) {
      expansionsAtMs.delete(configuration);
    } else {
      const inStepMs = Math.ceil(nextMs / EXPANSION_STEP_MS) * EXPANSION_STEP_MS;
      expansionsAtMs.set(configuration, afterRest(configuration, inStepMs));
    }
  };
  const afterRest = (configuration: string, atMs: number) => Math.max(atMs, restsUntilMs.get(configuration) ?? atMs);
  const mark: Rounds["mark"] = (configuration, when) => {
    const settleMs = when === "now" ? 0 : (ledger.state.configurations.get(configuration)?.settleMs ?? 0);
    const atMs = afterRest(configuration, ledger.nowMs() + settleMs);
    const before = dueAtMs.get(configuration);
    if (before !== undefined && before <= atMs) return;
    dueAtMs.set(configuration, atMs);
    wake();
  };
  const runAtOnce: Rounds["runAtOnce"] = async (configuration) => {
    const nowMs = ledger.nowMs();
    // Of many seats that fall free together the first brings a round, and the next round takes the others.
    const isFree = isRunning && lastRoundAtMs.get(configuration) !== nowMs && afterRest(configuration, nowMs) === nowMs;
    if (!isFree) return mark(configuration, "now");
    dueAtMs.delete(configuration);
    await runRound(configuration);
  };
  const takeDue = (): readonly string[] => {
    const nowMs = ledger.nowMs();
    const isDue = ([, atMs]: readonly [string, number]) => atMs <= nowMs;
    const due = new Set([...dueAtMs, ...expansionsAtMs].filter(isDue).map(([configuration]) => configuration));
    for (const configuration of due) {
      dueAtMs.delete(configuration);
      expansionsAtMs.delete(configuration);
    }
    return [...due].toSorted();
  };
  const nextWakeMs = (state: MatcherState): number | undefined => {
    const times = [nextDueAtMs(state, input.endedMs), ...dueAtMs.values(), ...expansionsAtMs.values()];
    const known = times.filter((time) => time !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  };
  const sleep = async (signal: AbortSignal) => {
    const nowMs = ledger.nowMs();
    const untilMs = Math.min(nowMs + IDLE_MS, nextWakeMs(ledger.state) ?? Number.POSITIVE_INFINITY);
    if (untilMs <= nowMs) return;
    sleepsUntilMs = untilMs;
    await sleeps.wait(clock.nowMs() + untilMs - nowMs, signal).catch((reason: unknown) => {
      if (!signal.aborted) throw reason;
    });
    sleepsUntilMs = undefined;
  };

  return {
    mark,
    runAtOnce,
    wake,
    async run(signal) {
      isRunning = true;
      while (!signal.aborted) {
        if ((nextDueAtMs(ledger.state, input.endedMs) ?? Number.POSITIVE_INFINITY) <= ledger.nowMs()) {
          await record(workshop, (state, nowMs) => decideDue(state, nowMs, input.endedMs));
        }
        await Promise.all(takeDue().map(runRound));
        await sleep(signal);
      }
    },
  };
}

/** Expansions that fall due within so many ms share a round: a long queue has one every millisecond. */
const EXPANSION_STEP_MS = 50;
/** Longest sleep in ms: nothing depends on it. */
const IDLE_MS = 60_000;
