// One population against one configuration, or against variants of it: each plays with the same arrivals, and what it comes to
// stands side by side.
import { createSeededRandom } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { explainRuleSet, type Lint, parseRuleSet } from "@muster/rules";
import { checkPopulation } from "../population/check-population.ts";
import { type ArrivalEvent, generateArrivals } from "../population/generate-arrivals.ts";
import type { Population } from "../population/population.ts";
import { readSimulationSetting, type SimulationSetting } from "../read-simulation-setting.ts";
import { simulate } from "../simulate.ts";
import { followRun } from "./follow-run.ts";
import { measureMatch, type Quality, qualitiesOf } from "./quality.ts";
import { meanOf, type Percentiles, percentilesOf } from "./summarise.ts";
import { type Variation, varyConfiguration } from "./vary-configuration.ts";

export type Comparison = {
  /** A configuration as the API takes it: what its JSON parses to. */
  readonly document: unknown;
  readonly population: Population;
  /** Absent: the configuration as it is. */
  readonly variation?: Variation | undefined;
  /** For arrivals and matches. Default: the population's. */
  readonly seed?: number | undefined;
  /** When to stop, in seconds. Default: the last arrival and the request timeout. */
  readonly untilSeconds?: number | undefined;
};

export type VariantResult = {
  /** Undefined: the configuration as it is. */
  readonly value: unknown;
  /** Name of the configuration. */
  readonly name: string;
  readonly tickets: TicketCounts;
  /** New matches, and fills of running battles. */
  readonly matches: number;
  readonly fills: number;
  /** Seconds from request to match or fill, over the tickets that have one. */
  readonly waits: Percentiles;
  readonly qualities: readonly MeasuredQuality[];
  /** Every match and fill. */
  readonly matched: readonly MatchResult[];
  /** What its author may not have meant, as `muster rules check` says it. */
  readonly lints: readonly Lint[];
  /** The first ticket that was refused, if any was. */
  readonly refusal: string | undefined;
};

export type TicketCounts = {
  readonly started: number;
  readonly matched: number;
  readonly timedOut: number;
  /** Gave up while they waited. */
  readonly left: number;
  /** Still searched at the end. */
  readonly searching: number;
  readonly refused: number;
};

export type MeasuredQuality = Quality & { readonly mean: number | undefined; readonly p95: number | undefined };

/** `waitSeconds` is the mean of its tickets', `qualities` by name. */
export type MatchResult = { readonly waitSeconds: number; readonly qualities: ReadonlyMap<string, number> };

/**
 * What each variant comes to, in the order of its values; each is simulated when it is asked for. All of them are read first.
 *
 * @throws {MusterError} FIELD_INVALID, RULE_SET_INVALID, CONFIG_INVALID: a variant is no legal configuration, or its rule set
 * does not take the population's players.
 */
export function compareVariants(comparison: Comparison): Iterable<VariantResult> {
  const { document, population, variation, seed = population.seed, untilSeconds } = comparison;
  const variants = variation
    ? variation.values.map((value) => ({ value, setting: readVariant(document, { target: variation.target, value }) }))
    : [{ value: undefined, setting: readSimulationSetting(document) }];
  for (const { setting } of variants) checkPopulation(population, parseRuleSet(setting.ruleSet));
  const events = generateArrivals(population, createSeededRandom(seed));
  return run(variants, { events, seed, untilSeconds });
}

type Variant = { readonly value: unknown; readonly setting: SimulationSetting };
type Run = {
  readonly events: readonly ArrivalEvent[];
  readonly seed: number;
  readonly untilSeconds: number | undefined;
};

function* run(variants: readonly Variant[], of: Run): Generator<VariantResult, void, undefined> {
  for (const { value, setting } of variants) yield { value, ...runVariant(setting, of) };
}

function readVariant(
  document: unknown,
  change: { readonly target: string; readonly value: unknown },
): SimulationSetting {
  try {
    return readSimulationSetting(varyConfiguration(document, change));
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    const { reason, metadata } = error;
    const message = `Cannot set ${change.target} to ${JSON.stringify(change.value)}:\n${error.message}`;
    throw new MusterError(reason, message, { metadata, cause: error });
  }
}

/** Those who would give up later than the last ticket times out need not be waited for. */
function lastSecond(events: readonly ArrivalEvent[], { configuration }: SimulationSetting): number {
  return (events.findLast(({ op }) => op === "start")?.at ?? 0) + (configuration.requestTimeoutMs ?? 0) / 1_000;
}

function runVariant(setting: SimulationSetting, of: Run): Omit<VariantResult, "value"> {
  const { events, seed, untilSeconds = lastSecond(events, setting) } = of;
  const ruleSet = parseRuleSet(setting.ruleSet);
  const follower = followRun(events);
  const waits: number[] = [];
  const matched: MatchResult[] = [];
  const counts = { matches: 0, fills: 0, started: 0, matched: 0, timedOut: 0, left: 0, searching: 0, refused: 0 };
  let refusal: string | undefined;
  for (const fact of simulate(setting, events, { seed, untilSeconds })) {
    const match = follower.follow(fact);
    if (match) {
      waits.push(...match.waitsSeconds);
      const waitSeconds = meanOf(match.waitsSeconds) ?? 0;
      // What another rule set formed is not what this one is measured by.
      const isByAlternative = fact.type === "MatchFormed" && fact.alternative !== undefined;
      matched.push({ waitSeconds, qualities: isByAlternative ? new Map() : measureMatch(ruleSet, match.teams) });
    } else if (fact.type === "Refused" && fact.op === "start") {
      // A cancellation is refused whenever the ticket was matched before.
      counts.refused += 1;
      refusal ??= fact.message;
    } else if (fact.type === "Summary") {
      const { matches, fills, started, timedOut, cancelled } = fact.counts;
      Object.assign(counts, { matches, fills, started, matched: fact.counts.matched, timedOut });
      Object.assign(counts, { left: cancelled, searching: fact.ticketsLeft });
    }
  }
  const { matches, fills, ...tickets } = counts;
  const valuesOf = (quality: string) => matched.flatMap(({ qualities }) => qualities.get(quality) ?? []);
  const qualities = qualitiesOf(ruleSet).map((quality) => {
    const values = valuesOf(quality.name);
    return { ...quality, mean: meanOf(values), p95: percentilesOf(values).p95 };
  });
  return {
    name: setting.configuration.name,
    lints: explainRuleSet(ruleSet).lints,
    tickets,
    matches,
    fills,
    waits: percentilesOf(waits),
    qualities,
    matched,
    refusal,
  };
}
