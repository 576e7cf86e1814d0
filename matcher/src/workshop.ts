// What the parts of a running matcher share.

import type { ExecuteOptions, Ledger, Outcome } from "@muster/journal";
import type { Clock, Random } from "@muster/kit";
import type { Log } from "@muster/service";
import type { MatcherFact } from "./core/fact.ts";
import type { MatcherState } from "./core/matcher-state.ts";
import type { SessionView } from "./core/session-view.ts";
import type { JournaledFact } from "./journal-codec/fact-codec.ts";
import type { Notifier } from "./notifier.ts";
import type { Fleet } from "./ports.ts";

export type Workshop = {
  readonly ledger: Ledger<MatcherState, JournaledFact>;
  readonly fleet: Fleet;
  readonly view: SessionView;
  /** Rings when the view has changed. */
  readonly viewChanged: Notifier;
  /** Rings when facts have become durable. */
  readonly committed: Notifier;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly onFatal: (error: unknown) => void;
};

/**
 * Decides on the present state; resolves with the reply when the facts are durable.
 *
 * @throws {MusterError} JOURNAL_FULL while the disk has no room, unless it is the matcher's own decision.
 */
export function decide<Reply>(
  { ledger, clock }: Pick<Workshop, "ledger" | "clock">,
  decision: (state: MatcherState, nowMs: number) => { readonly facts: readonly MatcherFact[]; readonly reply: Reply },
  options: ExecuteOptions = {},
): Promise<Reply> {
  return ledger.execute((state, nowMs) => {
    const { facts, reply } = decision(state, nowMs);
    const atWallMs = Math.round(clock.wallMs());
    return { facts: facts.map((fact) => ({ atWallMs, fact })), reply };
  }, options);
}

/**
 * As `decideAndShow` for each of `requests`, one after the other, in one write: what is refused is a value.
 *
 * @throws {MusterError} JOURNAL_FULL: none is decided.
 */
export function decideEach<Request, Value>(
  { ledger, clock }: Pick<Workshop, "ledger" | "clock">,
  requests: readonly Request[],
  of: {
    readonly decide: (state: MatcherState, request: Request, nowMs: number) => readonly MatcherFact[];
    readonly show: (state: MatcherState, request: Request) => Value;
  },
): Promise<readonly Outcome<Value>[]> {
  const atWallMs = Math.round(clock.wallMs());
  return ledger.executeEach(
    requests.map((request) => (state: MatcherState, nowMs: number) => {
      const facts = of.decide(state, request, nowMs).map((fact) => ({ atWallMs, fact }));
      return { facts, show: () => of.show(state, request) };
    }),
  );
}

/** As `decide`, for what the matcher has to take note of: on a full disk it waits for room. */
export function record(
  workshop: Pick<Workshop, "ledger" | "clock">,
  decision: (state: MatcherState, nowMs: number) => readonly MatcherFact[],
): Promise<void> {
  return decide(workshop, (state, nowMs) => ({ facts: decision(state, nowMs), reply: undefined }), { internal: true });
}

/**
 * As `decide`, answering with what `select` finds right after the facts were folded: neither earlier nor later changes show,
 * and it is given out only when it is durable.
 */
export async function decideAndShow<Value>(
  workshop: Pick<Workshop, "ledger" | "clock">,
  decision: (state: MatcherState, nowMs: number) => readonly MatcherFact[],
  select: (state: MatcherState) => Value,
): Promise<Value> {
  const durable = decide(workshop, (state, nowMs) => ({ facts: decision(state, nowMs), reply: undefined }));
  // The ledger has decided and folded by now. What was refused throws when it is awaited, whatever `select` makes of it.
  const shown = attempt(() => select(workshop.ledger.state));
  await durable;
  return shown();
}

/** Calls `work` now; the function that it answers gives the value, or throws what it threw. */
function attempt<Value>(work: () => Value): () => Value {
  try {
    const value = work();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
