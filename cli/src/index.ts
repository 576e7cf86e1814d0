// For tests and demos that run a whole set-up. The command itself is bin/muster.js. May change in a minor version.

export { driveSidecar } from "./conformance/drive-sidecar.ts";
export { GAME_CHECKS } from "./conformance/game-checks.ts";
export { type GameEar, openGameEar } from "./conformance/game-ear.ts";
export { type GameUnderTest, judgeGame } from "./conformance/judge-game.ts";
export type { SidecarStage, SidecarUnderTest } from "./conformance/scenes/scene.ts";
export { SIDECAR_CHECKS } from "./conformance/sidecar-checks.ts";
export { openStage, type Stage, type StageOptions, waitFor } from "./conformance/stage.ts";
export { connectFleet, connectMatcher, type FleetConnection, type MatcherConnection } from "./contract/connection.ts";
export { watchResiliently } from "./contract/resilient-watch.ts";
export { type FeedMessage, readFeedMessage, readProcess, type ServerProcess } from "./contract/session.ts";
export { readTicket, readTicketEvent, type Ticket, type TicketEvent } from "./contract/ticket.ts";
export { buildProgram } from "./program.ts";
export { builtInConfig } from "./stack/built-in-config.ts";
export { companionsSchema } from "./stack/companions.ts";
export { findFreePort, isPortFree } from "./stack/free-port.ts";
export { type Stack, type StackOptions, startStack } from "./stack/stack.ts";
