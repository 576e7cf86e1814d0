// The configuration that a recording was made under, as a simulation takes it: the last of its name, with its rule set in it.
import { MusterError } from "@muster/proto";
import type { Configuration } from "../../core/configuration.ts";
import type { MatcherState } from "../../core/matcher-state.ts";
import type { RecordedFact } from "./foresight.ts";

type Known = { readonly configurations: Map<string, Configuration>; readonly ruleSets: Map<string, string> };

/**
 * The document for `readSimulationSetting()`; `before` as in `recordEvents()`.
 *
 * @throws {MusterError} CONFIGURATION_NOT_FOUND.
 */
export function recordedSetting(
  facts: readonly RecordedFact[],
  { configuration: name, before }: { readonly configuration: string; readonly before?: MatcherState | undefined },
): Readonly<Record<string, unknown>> {
  const { configurations, ruleSets } = gather(facts, before);
  const configuration = configurations.get(name);
  const ruleSet = configuration?.ruleSet === undefined ? undefined : ruleSets.get(configuration.ruleSet);
  if (!configuration || ruleSet === undefined) {
    const why = `Cannot find configuration ${name} in the recording: there is ${[...configurations.keys()].join(", ") || "none"}`;
    throw new MusterError("CONFIGURATION_NOT_FOUND", why, { metadata: { configuration: name } });
  }
  const { requestTimeoutMs, queue, acceptance, alternatives, ...rest } = configuration;
  const ofQueue = queue === undefined ? {} : { queue };
  const asks = acceptance && {
    acceptance: { timeoutSeconds: acceptance.timeoutMs / 1_000, autoContinue: acceptance.autoContinue },
  };
  const others = alternatives?.map((one) => ({
    ruleSet: JSON.parse(ruleSets.get(one.ruleSet) ?? "null"),
    ...(one.queue === undefined ? {} : { queue: one.queue }),
  }));
  return {
    ...rest,
    ...ofQueue,
    ...asks,
    ...(others && { alternatives: others }),
    requestTimeoutSeconds: (requestTimeoutMs ?? 0) / 1_000,
    ruleSet: JSON.parse(ruleSet),
  };
}

/** Names of the configurations that were ever put. */
export function recordedConfigurations(facts: readonly RecordedFact[], before?: MatcherState): readonly string[] {
  return [...gather(facts, before).configurations.keys()].toSorted();
}

function gather(facts: readonly RecordedFact[], before: MatcherState | undefined): Known {
  const configurations = new Map<string, Configuration>(before?.configurations);
  const ruleSets = new Map([...(before?.ruleSets ?? [])].map(([name, { document }]) => [name, document]));
  for (const { fact } of facts) {
    if (fact.type === "configuration-put") configurations.set(fact.configuration.name, fact.configuration);
    if (fact.type === "rule-set-put") ruleSets.set(fact.name, fact.document);
  }
  return { configurations, ruleSets };
}
