// For every package of ours.
export { type BackoffOptions, backoffMs } from "./backoff.ts";
export { type Channel, createChannel } from "./channel.ts";
export { abortError, type Clock, isAbortError, systemClock } from "./clock.ts";
export { closestWord } from "./closest-word.ts";
export {
  type Environment,
  type EnvironmentSpec,
  flag,
  list,
  oneOf,
  readEnvironment,
  secretText,
  text,
  type VariableSpec,
  wholeNumber,
} from "./environment.ts";
export { InvariantError, invariant, unreachable } from "./invariant.ts";
export {
  type Counter,
  createMetrics,
  type Histogram,
  type Labels,
  METRICS_CONTENT_TYPE,
  type Metrics,
  type Reading,
} from "./metrics.ts";
export { createSeededRandom, drawId, type Random, systemRandom } from "./random.ts";
export { type RepeatOptions, repeat } from "./repeat.ts";
export { Secret } from "./secret.ts";
