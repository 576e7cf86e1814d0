// For processes, tests and simulations that run a matcher.
export { configurationsSchema, emptyConfig, type MatcherConfig, readMatcherConfig, ruleSetsSchema } from "./config.ts";
export type { Configuration } from "./core/configuration.ts";
export { matcherEnvironment } from "./environment.ts";
export { createMatcher, type Matcher, type MatcherOptions } from "./matcher.ts";
