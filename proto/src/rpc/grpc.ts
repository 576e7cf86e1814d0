// "@muster/proto/grpc": the seam over sockets.
export { readTlsFiles, type TlsPaths, watchTlsFiles } from "../tls/tls-files.ts";
export { fixedTls, type TlsMaterial, type TlsSource, validUntilMs } from "../tls/tls-source.ts";
export { clientEnvironment, projectEnvironment, tlsEnvironment, tlsPathsOf } from "./client-environment.ts";
export { createGrpcNetwork, grpcNetwork } from "./grpc-client.ts";
export type { ConnectionOptions } from "./grpc-connections.ts";
export { type GrpcServerOptions, parseAddress, serveGrpc } from "./grpc-server.ts";
export { isMatcherAllowed } from "./matcher-allowed.ts";
export { createMatcherPeers, type MatcherPeers } from "./matcher-peers.ts";
