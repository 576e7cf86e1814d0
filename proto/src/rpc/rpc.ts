// "@muster/proto/rpc": the seam, and the network without sockets.
export { attendStream, type StreamEnd } from "./attended-stream.ts";
export { type Caller, PROJECT_ALL, PROJECT_DEFAULT, PROJECT_NAME, type Role, roles } from "./caller.ts";
export { createMemoryNetwork, type MemoryNetwork, type MemoryNetworkOptions } from "./memory-network.ts";
export {
  type CallContext,
  type CallOptions,
  type Client,
  type ConnectOptions,
  type Handlers,
  type Implementation,
  implement,
  type Listening,
  type MethodDefinition,
  methodPath,
  type Network,
  type Peer,
  PROJECT_HEADER,
  type RequestOf,
  type ServiceDefinition,
  type StreamResume,
} from "./service.ts";
export type { Fate, Frame, Weather } from "./weather.ts";
