// For processes, tests and simulations that run a matcher.
export { configurationsSchema, emptyConfig, type MatcherConfig, readMatcherConfig, ruleSetsSchema } from "./config.ts";
export type { Configuration } from "./core/configuration.ts";
export { matcherEnvironment } from "./environment.ts";
// For those who read its journal.
export { factCodec } from "./journal-codec/fact-codec.ts";
export { createMatcher, type Matcher, type MatcherOptions } from "./matcher.ts";
// For tools that show what a rule set does before players do.
export { type ArrivalEvent, generateArrivals } from "./simulate/population/generate-arrivals.ts";
export { type Population, populationSchema, readPopulation } from "./simulate/population/population.ts";
export { readSimulationSetting, type SimulationSetting } from "./simulate/read-simulation-setting.ts";
export { type SimulationOptions, simulate } from "./simulate/simulate.ts";
export { readSimulationEvents, type SimulationEvent } from "./simulate/simulation-event.ts";
export { type SimulationFact, type SimulationSummary, writeSimulationFact } from "./simulate/simulation-fact.ts";
