// For processes, tests and simulations that run a matcher.
export { configurationsSchema, emptyConfig, type MatcherConfig, readMatcherConfig, ruleSetsSchema } from "./config.ts";
export type { Configuration } from "./core/configuration.ts";
export { matcherEnvironment } from "./environment.ts";
// For those who read its journal.
export { factCodec } from "./journal-codec/fact-codec.ts";
export { createMatcher, type Matcher, type MatcherOptions } from "./matcher.ts";
