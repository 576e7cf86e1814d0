// For processes, tests and simulations that run a matcher.
export {
  configurationsSchema,
  emptyConfig,
  type MatcherConfig,
  readLegalConfig,
  readMatcherConfig,
  ruleSetsSchema,
} from "./config.ts";
export { readConfigurationDocument, writeConfigurationDocument } from "./configuration-document.ts";
export type { Configuration } from "./core/configuration.ts";
export { describePlan, renderPlan } from "./engine/describe-plan.ts";
export { matcherEnvironment } from "./environment.ts";
// For those who receive its events, and for editors.
export { eventTargetsSchema } from "./events/event-config.ts";
export type { EventAnswer, EventRequest, Poster } from "./events/poster.ts";
export { type ConfigEvent, followConfig } from "./follow-config.ts";
export { hooksSchema } from "./hooks/hooks-section.ts";
// For those who read its journal.
export { factCodec } from "./journal-codec/fact-codec.ts";
export { snapshotCodec } from "./journal-codec/snapshot-codec.ts";
export { createMatcher, type Matcher } from "./matcher.ts";
export type { MatcherOptions } from "./matcher-options.ts";
export { projectsSchema } from "./project-sections.ts";
// For tools that show what a rule set does before players do.
export { chartOf, showValue } from "./simulate/frontier/chart-of.ts";
export { compareVariants, type VariantResult } from "./simulate/frontier/compare-variants.ts";
export { drawFrontier } from "./simulate/frontier/frontier-chart.ts";
export { EMPTY_SEATS, type Quality } from "./simulate/frontier/quality.ts";
export { parseVariation, type Variation } from "./simulate/frontier/vary-configuration.ts";
export { generateArrivals } from "./simulate/population/generate-arrivals.ts";
export { type Population, populationSchema, readPopulation } from "./simulate/population/population.ts";
export { isQueryDocument, type QuerySimulationSetting, readQuerySetting } from "./simulate/query/read-query-setting.ts";
export { type QuerySimulationOptions, simulateQueries } from "./simulate/query/simulate-queries.ts";
export { readSimulationSetting, type SimulationSetting } from "./simulate/read-simulation-setting.ts";
export type { RecordedFact } from "./simulate/recording/foresight.ts";
export { type Recording, recordEvents } from "./simulate/recording/record-events.ts";
export { recordedConfigurations, recordedSetting } from "./simulate/recording/recording-setting.ts";
export { type SimulationOptions, simulate } from "./simulate/simulate.ts";
export { readSimulationEvents, type SimulationEvent } from "./simulate/simulation-event.ts";
export { type SimulationFact, type SimulationSummary, writeSimulationFact } from "./simulate/simulation-fact.ts";
