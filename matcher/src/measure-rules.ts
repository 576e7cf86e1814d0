// Which rules turn players away, as a metric: each second a few tickets are drawn from the pools and looked at beside others, rule by
// rule. It costs the same however many wait, and tells shares, not sums: of so many looks a rule said no so often.
import { type Clock, isAbortError, type Metrics, type Random } from "@muster/kit";
import type { MatcherState } from "./core/matcher-state.ts";
import { formersOf, placeIn } from "./core/pool-engines.ts";
import { sampleRules } from "./engine/why/sample-rules.ts";

export type MeasureRulesOptions = {
  readonly state: MatcherState;
  readonly project: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Ends it. */
  readonly signal: AbortSignal;
};

/** From one draw to the next, in ms. */
const DRAW_EVERY_MS = 1_000;
/** Configurations that one draw takes from, in turn: a draw stays within a millisecond. */
const CONFIGURATIONS_PER_DRAW = 4;
/** Others that the drawn ticket is looked at beside, of each rule set that may match it. */
const LOOKS = 16;

/** Draws for as long as `signal` lets it. Resolves then. */
export async function measureRules(metrics: Metrics, options: MeasureRulesOptions): Promise<void> {
  const looks = metrics.counter(
    "muster_rule_looks_total",
    "Pairs of searching tickets that were drawn and judged by the rule alone, some each second.",
  );
  const rejections = metrics.counter(
    "muster_rule_rejections_total",
    "Of those pairs, the ones that the rule keeps out of one match.",
  );
  const { state, project, clock, random, signal } = options;
  let turn = 0;
  const draw = () => {
    const names = [...state.pools.keys()];
    const count = Math.min(CONFIGURATIONS_PER_DRAW, names.length);
    for (let index = 0; index < count; index += 1) drawFrom(names[(turn + index) % names.length] ?? "");
    turn = names.length === 0 ? 0 : (turn + count) % names.length;
  };
  const drawFrom = (configuration: string) => {
    const pool = state.pools.get(configuration);
    const searches = pool?.searching.all() ?? [];
    // Engines are for rounds to make: a pool that none has looked at yet is passed over.
    if (!pool?.known || searches.length < 2) return;
    const drawn = () => searches[Math.floor(random.fraction() * searches.length)];
    const search = drawn();
    if (!search) return;
    const others = Array.from({ length: LOOKS }, drawn).flatMap((other) => other ?? []);
    const { arrival } = search.ticket;
    for (const { cohort, choice, member } of formersOf(state, configuration)) {
      if (arrival < cohort.fromArrival || arrival >= cohort.untilArrival) continue;
      const slots = others.map((other) => placeIn(member, other)?.slot ?? -1);
      const ofCohort = slots.filter((_, index) => {
        const theirs = others[index]?.ticket.arrival ?? 0;
        return theirs >= cohort.fromArrival && theirs < cohort.untilArrival;
      });
      const samples = sampleRules(member.engine, placeIn(member, search)?.slot ?? -1, ofCohort);
      for (const { rule, looked, turnedAway } of samples) {
        const labels = { project, configuration, rule_set: choice.ruleSetName, rule };
        looks.add(labels, looked);
        rejections.add(labels, turnedAway);
      }
    }
  };
  try {
    for (;;) {
      await clock.sleep(DRAW_EVERY_MS, signal);
      draw();
    }
  } catch (error) {
    if (!isAbortError(error) && !signal.aborted) throw error;
  }
}
