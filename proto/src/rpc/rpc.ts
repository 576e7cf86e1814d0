// "@muster/proto/rpc": the seam, and the network without sockets.
export { createMemoryNetwork, type MemoryNetwork, type MemoryNetworkOptions } from "./memory-network.ts";
export {
  type CallContext,
  type CallOptions,
  type Client,
  type Handlers,
  type Implementation,
  implement,
  type Listening,
  type Network,
  type Peer,
  type ServiceDefinition,
  type StreamResume,
} from "./service.ts";
export type { Fate, Frame, Weather } from "./weather.ts";
