// "@muster/proto/rpc": the seam, and the network without sockets.
export { type Caller, PROJECT_DEFAULT, type Role, roles } from "./caller.ts";
export { createMemoryNetwork, type MemoryNetwork, type MemoryNetworkOptions } from "./memory-network.ts";
export {
  type CallContext,
  type CallOptions,
  type Client,
  type Handlers,
  type Implementation,
  implement,
  type Listening,
  type MethodDefinition,
  methodPath,
  type Network,
  type Peer,
  type RequestOf,
  type ServiceDefinition,
  type StreamResume,
} from "./service.ts";
export type { Fate, Frame, Weather } from "./weather.ts";
