// A matcher and a scripted fleet behind real sockets, on the machine's own clock.
import { createMemoryJournal } from "@muster/journal";
import { systemClock, systemRandom } from "@muster/kit";
import { grpcNetwork, serveGrpc } from "@muster/proto/grpc";
import { httpNetwork, serveHttp } from "@muster/proto/http";
import {
  BackfillServiceDefinition,
  ConfigurationServiceDefinition,
  EventServiceDefinition,
  MatchmakingServiceDefinition,
} from "@muster/proto/matchmaking";
import type { Peer } from "@muster/proto/rpc";
import { silentLog } from "@muster/service";
import { createMatcher } from "./matcher.ts";
import type { MatcherOptions } from "./matcher-options.ts";
import { configurationOf, worldConfig } from "./matcher-world.fixture.ts";
import { createScriptedFleet } from "./scripted-fleet.fixture.ts";

/** Two players with a skill, who may have a mode. */
const SKILLED = {
  version: "v1.0",
  playerAttributes: [
    { name: "skill", type: "number" },
    { name: "mode", type: "string", default: "any" },
  ],
  teams: [{ name: "squad", minPlayers: 2, maxPlayers: 2 }],
};

export type SocketWorld = Awaited<ReturnType<typeof openSocketWorld>>;

/** The configurations of `worldConfig`, and "skilled". */
export async function openSocketWorld({ events }: Pick<MatcherOptions, "events"> = {}) {
  const journal = createMemoryJournal();
  await using opened = new AsyncDisposableStack();
  const fleet = createScriptedFleet(systemClock);
  const fleetServer = opened.use(await serveGrpc({ bind: "127.0.0.1:0", services: [fleet.service], drainMs: 0 }));
  const matcher = opened.use(
    await createMatcher({
      journal,
      clock: systemClock,
      random: systemRandom,
      network: grpcNetwork,
      fleetAddress: fleetServer.address,
      endpoint: "127.0.0.1:7410",
      owner: "matcher",
      config: {
        ruleSets: [...worldConfig.ruleSets, { name: "skilled", document: JSON.stringify(SKILLED) }],
        configurations: [...worldConfig.configurations, configurationOf({ name: "skilled", ruleSet: "skilled" })],
      },
      log: silentLog,
      ...(events && { events }),
      onFatal: (error) => {
        throw error;
      },
    }),
  );
  const server = opened.use(await serveGrpc({ bind: "127.0.0.1:0", services: matcher.services, drainMs: 0 }));
  const httpServer = opened.use(await serveHttp({ bind: "127.0.0.1:0", services: matcher.services, drainMs: 0 }));
  const peer = opened.use(grpcNetwork.connect(server.address));
  const httpPeer = opened.use(httpNetwork.connect(httpServer.address));
  const closing = opened.move();
  return {
    fleet,
    journal,
    matcher,
    peer,
    httpAddress: httpServer.address,
    ...clientsOf(peer),
    /** The same over HTTP. */
    http: clientsOf(httpPeer),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

export type MatcherClients = ReturnType<typeof clientsOf>;

function clientsOf(peer: Peer) {
  return {
    matching: peer.client(MatchmakingServiceDefinition),
    backfill: peer.client(BackfillServiceDefinition),
    configurations: peer.client(ConfigurationServiceDefinition),
    events: peer.client(EventServiceDefinition),
  };
}
