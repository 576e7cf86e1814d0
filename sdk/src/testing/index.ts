// For tests of game servers: `@muster/sdk/testing`.
export type { RecordedCall } from "./recorded-calls.ts";
export type { BattleSpec, TestBattle, TestPlayer } from "./test-battle.ts";
export type { TestProcess } from "./test-fleet.ts";
export type { MatcherCall } from "./test-matcher.ts";
export { createTestSidecar, type TestSidecar, type TestSidecarOptions } from "./test-sidecar.ts";
