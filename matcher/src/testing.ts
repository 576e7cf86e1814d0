// For tests, simulations and benchmarks: the matcher's facts and state as checkers of its journal read them, and its engine.
export { defaultBackfillSettings } from "./core/backfill-settings.ts";
export { evolve } from "./core/evolve.ts";
export type { MatcherFact, StampedFact } from "./core/fact.ts";
export { createMatcherState, type MatcherState } from "./core/matcher-state.ts";
export { type Search, searchOf } from "./core/searching-tickets.ts";
export type { Ticket, TicketPlayer } from "./core/ticket.ts";
export { createEngine, type EngineMatch, STEPS_PER_ROUND } from "./engine/engine.ts";
export type { Battle as EngineBattle } from "./engine/opening.ts";
export { createExplainer } from "./engine/why/explain-waiting.ts";
export { createDialRules } from "./events/dial-rules.ts";
export { createGotPoster } from "./events/got-poster.ts";
export { type Outbox, openOutbox } from "./events/outbox.ts";
export { HookFailed } from "./hooks/hook-caller.ts";
export { factCodec, type JournaledFact } from "./journal-codec/fact-codec.ts";
export { digestMatcherState, snapshotCodec } from "./journal-codec/snapshot-codec.ts";
export { nameOfProject, routeProjects } from "./project-matchers.ts";
