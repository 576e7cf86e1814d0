// For the command line and tests.
export { sidecarEnvironment } from "./environment.ts";
export { watchPlaces } from "./grpc/watch-places.ts";
export { type GameSlot, parseGames } from "./run-games.ts";
export { createSidecar, SIDECAR_VERSION, type Sidecar, type SidecarOptions } from "./sidecar.ts";
