// For services, tests and simulations.
export {
  aliasesSchema,
  fleetSchema,
  fleetSettingsSchema,
  fleetsSchema,
  parseFleetConfig,
  queueSchema,
  queuesSchema,
} from "./config.ts";
export {
  type FleetConfig,
  type FleetSettings,
  type FleetSpec,
  PRIORITIES,
  type QueueSpec,
} from "./core/fleet-config.ts";
// For those who read its journal.
export { factCodec } from "./fact-wire.ts";
export { faultsSchema } from "./faults/fault-config.ts";
export { fleetEnvironment } from "./fleet-environment.ts";
export { createMockFleet, type MockFleet, type MockFleetOptions } from "./mock-fleet.ts";
export { regionsSchema } from "./ping/regions-config.ts";
export type { Blow, RunningServer, ServerLaunch, ServerProcesses, SimulationParts } from "./ports.ts";
// For scripts of simulated servers.
export type {
  SimulatedBackfillRequest,
  SimulatedNewcomers,
  SimulatedPlayer,
  SimulatedScript,
  SimulatedServer,
  SimulatedSession,
  SimulatedUpdate,
} from "./simulated/simulated-server.ts";
