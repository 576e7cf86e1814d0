// "@muster/proto/grpc": the seam over sockets.
export { clientEnvironment } from "./client-environment.ts";
export { grpcNetwork } from "./grpc-client.ts";
export { type GrpcServerOptions, parseAddress, serveGrpc } from "./grpc-server.ts";
export { isMatcherAllowed } from "./matcher-allowed.ts";
export { createMatcherPeers, type MatcherPeers } from "./matcher-peers.ts";
