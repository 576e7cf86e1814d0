// For tests and simulations: the matcher's facts and state as checkers of its journal read them.
export { evolve } from "./core/evolve.ts";
export type { MatcherFact, StampedFact } from "./core/fact.ts";
export { createMatcherState, type MatcherState } from "./core/matcher-state.ts";
export { factCodec, type JournaledFact } from "./journal-codec/fact-codec.ts";
export { digestMatcherState, snapshotCodec } from "./journal-codec/snapshot-codec.ts";
