// For tests and simulations that need a fleet without processes.
export {
  createFleetWorld,
  type FleetWorld,
  type FleetWorldOptions,
  player,
  startPlacementRequest,
} from "./fleet-world.ts";
export { createSimulatedHost, type SimulatedHost, type SimulatedHostOptions } from "./simulated-host.ts";
