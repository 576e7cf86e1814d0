// Connections to matcher and fleet, typed, for the commands.

import { readEnvironment } from "@muster/kit";
import { FleetServiceDefinition } from "@muster/proto/fleet";
import {
  clientEnvironment,
  createGrpcNetwork,
  fixedTls,
  projectEnvironment,
  readTlsFiles,
  tlsPathsOf,
} from "@muster/proto/grpc";
import {
  BackfillServiceDefinition,
  ConfigurationServiceDefinition,
  EventServiceDefinition,
  JoinTokenServiceDefinition,
  MatchmakingServiceDefinition,
  PartyServiceDefinition,
  PlayerDataServiceDefinition,
} from "@muster/proto/matchmaking";
import { MockFleetServiceDefinition } from "@muster/proto/mockfleet";
import type { Client, Peer } from "@muster/proto/rpc";
import { StatusServiceDefinition } from "@muster/proto/service";

export interface MatcherConnection extends AsyncDisposable {
  readonly address: string;
  readonly matchmaking: Client<typeof MatchmakingServiceDefinition>;
  readonly backfills: Client<typeof BackfillServiceDefinition>;
  readonly configurations: Client<typeof ConfigurationServiceDefinition>;
  readonly events: Client<typeof EventServiceDefinition>;
  readonly parties: Client<typeof PartyServiceDefinition>;
  readonly joinTokens: Client<typeof JoinTokenServiceDefinition>;
  readonly playerData: Client<typeof PlayerDataServiceDefinition>;
}

export interface FleetConnection extends AsyncDisposable {
  readonly address: string;
  readonly fleet: Client<typeof FleetServiceDefinition>;
  readonly mock: Client<typeof MockFleetServiceDefinition>;
}

/** Opened on first use. By TLS where MUSTER_TLS_CA is set; calls carry MUSTER_KEY and MUSTER_PROJECT. */
export function connectMatcher(address: string): MatcherConnection {
  const peer = connect(address);
  return {
    address,
    matchmaking: peer.client(MatchmakingServiceDefinition),
    backfills: peer.client(BackfillServiceDefinition),
    configurations: peer.client(ConfigurationServiceDefinition),
    events: peer.client(EventServiceDefinition),
    parties: peer.client(PartyServiceDefinition),
    joinTokens: peer.client(JoinTokenServiceDefinition),
    playerData: peer.client(PlayerDataServiceDefinition),
    [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
  };
}

/** As `connectMatcher`. */
export function connectFleet(address: string): FleetConnection {
  const peer = connect(address);
  return {
    address,
    fleet: peer.client(FleetServiceDefinition),
    mock: peer.client(MockFleetServiceDefinition),
    [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
  };
}

export interface StatusConnection extends AsyncDisposable {
  readonly status: Client<typeof StatusServiceDefinition>;
}

/** As `connectMatcher`, to whichever service listens there. */
export function connectStatus(address: string): StatusConnection {
  const peer = connect(address);
  return {
    status: peer.client(StatusServiceDefinition),
    [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
  };
}

function connect(address: string): Peer {
  const env = readEnvironment({ ...clientEnvironment, ...projectEnvironment }, process.env);
  const tls = readTlsFiles(tlsPathsOf(env));
  // grpc-js names addresses that are numbers where TLS wants names. It does no harm, and is nothing that a user could mend.
  if (tls) process.noDeprecation = true;
  return createGrpcNetwork(tls && fixedTls(tls)).connect(address, {
    token: env.MUSTER_KEY?.reveal() ?? "",
    project: env.MUSTER_PROJECT,
  });
}
