// "@muster/proto/grpc": the seam over sockets.
export { grpcNetwork } from "./grpc-client.ts";
export { type GrpcServerOptions, parseAddress, serveGrpc } from "./grpc-server.ts";
export { isMatcherAllowed } from "./matcher-allowed.ts";
export { createMatcherPeers, type MatcherPeers } from "./matcher-peers.ts";
