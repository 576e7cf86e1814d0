// For tests and simulations: a fleet without processes, and its facts and state as checkers of its journal read them.
export { evolve, type FactMeta } from "./core/evolve.ts";
export type { FleetFact, SessionChanged } from "./core/fleet-fact.ts";
export { createFleetState, type FleetFold, type FleetState } from "./core/fleet-state.ts";
export { createRehearsal, playerToSeat, type Rehearsal } from "./core/rehearsal.ts";
export { parseFilter } from "./core/search/parse-filter.ts";
export { parseSort } from "./core/search/parse-sort.ts";
export { factCodec } from "./fact-wire.ts";
export {
  createFleetWorld,
  type FleetWorld,
  type FleetWorldOptions,
  player,
  startPlacementRequest,
} from "./fleet-world.ts";
export { openBeacons } from "./ping/open-beacons.ts";
export { createSimulatedHost, type SimulatedHost, type SimulatedHostOptions } from "./simulated-host.ts";
export { digestFleetState } from "./snapshot/fleet-snapshot.ts";
