// A fleet whose callers speak HTTP; its sidecars attach over gRPC, as they must.
import { FleetServiceDefinition } from "@muster/proto/fleet";
import { grpcNetwork, serveGrpc } from "@muster/proto/grpc";
import { httpNetwork, serveHttp } from "@muster/proto/http";
import type { Implementation, Listening, Network } from "@muster/proto/rpc";

/** As `serve` of a FleetWorld. */
export async function overHttp(
  services: readonly Implementation[],
): Promise<{ readonly listening: Listening; readonly network: Network }> {
  const grpc = await serveGrpc({ bind: "127.0.0.1:0", services, drainMs: 50 });
  const http = await serveHttp({ bind: "127.0.0.1:0", services, drainMs: 50 });
  const network: Network = {
    connect(address, options) {
      const [peer, httpPeer] = [grpcNetwork.connect(address, options), httpNetwork.connect(http.address, options)];
      return {
        client: (definition) =>
          definition.fullName === FleetServiceDefinition.fullName
            ? httpPeer.client(definition)
            : peer.client(definition),
        async [Symbol.asyncDispose]() {
          await Promise.all([peer[Symbol.asyncDispose](), httpPeer[Symbol.asyncDispose]()]);
        },
      };
    },
  };
  return {
    network,
    listening: {
      address: grpc.address,
      async [Symbol.asyncDispose]() {
        await Promise.all([grpc[Symbol.asyncDispose](), http[Symbol.asyncDispose]()]);
      },
    },
  };
}
