// Our sidecar in this process, attached to a conformance stage, as its game reaches it.

import type { Stage } from "@muster/cli";
import { createSeededRandom, systemClock } from "@muster/kit";
import type { MusterError } from "@muster/proto";
import { grpcNetwork, serveGrpc } from "@muster/proto/grpc";
import { serveHttp } from "@muster/proto/http";
import type { Implementation } from "@muster/proto/rpc";
import { createSidecar } from "@muster/sidecar";

export const TOKEN = "sct_conformance";

export interface SidecarHere extends AsyncDisposable {
  readonly address: string;
  readonly httpAddress: string;
}

/** What is served in place of the service. */
export type Sabotage = (service: Implementation) => Implementation;

/** Serves, and is attached or will be. */
export async function startSidecarHere(
  { launch, address }: Stage,
  sabotage: Sabotage = (service) => service,
): Promise<SidecarHere> {
  const stack = new AsyncDisposableStack();
  const { processId, incarnation, secret } = launch;
  let generation = 0;
  const sidecar = createSidecar({
    ...{ clock: systemClock, random: createSeededRandom(7), network: grpcNetwork, log: () => undefined },
    ...{ fleetAddress: address, fleet: launch.fleet.name, processId, incarnation, secret },
    ...{ token: TOKEN, matchers: [], ready: undefined, features: ["HTTP"] },
    nextAttachGeneration: () => {
      generation += 1;
      return generation;
    },
    onReady: () => undefined,
  });
  stack.use(sidecar);
  const services = sidecar.services.map(sabotage);
  const server = stack.use(await serveGrpc({ bind: "127.0.0.1:0", services, drainMs: 20 }));
  const httpServer = stack.use(await serveHttp({ bind: "127.0.0.1:0", services, drainMs: 20 }));
  const stop = new AbortController();
  const running = sidecar.run(stop.signal).catch((error: MusterError) => error);
  stack.defer(async () => {
    stop.abort();
    await running;
  });
  return {
    address: server.address,
    httpAddress: httpServer.address,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
