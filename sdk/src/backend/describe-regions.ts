// What a backend passes on to its game clients, so that they can measure how far the regions are: asked of the fleet.
import { readEnvironment, systemClock } from "@muster/kit";
import { FleetServiceDefinition } from "@muster/proto/fleet";
import { createGrpcNetwork, parseAddress, type TlsPaths, tlsPathsOf, watchTlsFiles } from "@muster/proto/grpc";
import { fleetClientEnvironment } from "./environment.ts";

export type DescribeRegionsOptions = {
  /** The fleet's gRPC address, "host:port" or "unix:/path". Default: MUSTER_FLEET_ADDRESS, else 127.0.0.1:7420. */
  readonly address?: string;
  /** The backend's key, where the fleet asks for one. Default: MUSTER_KEY, else none. Never logged. */
  readonly key?: string;
  /** As in `connectMatcher`. */
  readonly tls?: TlsPaths;
  /** How long to wait for the fleet, in ms. Default 10,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
};

/** A region that fleets are in. What `measureLatencies` of `@muster/sdk/ping` takes. */
export type Region = {
  readonly name: string;
  /** Names of the fleets in it. */
  readonly fleets: readonly string[];
  /** "host:port" of a UDP echo. Undefined: there is none. */
  readonly udpAddress: string | undefined;
  /** What answers a GET. Undefined: nothing does. */
  readonly httpUrl: string | undefined;
};

/**
 * The regions of the fleet, and where clients measure them. They change with the fleet's configuration only: keep the answer for
 * minutes.
 *
 * @throws {MusterError} FIELD_INVALID for an address that is none, CONFIG_INVALID for a file that cannot be used,
 * SERVICE_NOT_READY, CALL_TIMEOUT, UNAUTHENTICATED and the like from the call.
 */
export async function describeRegions(options: DescribeRegionsOptions = {}): Promise<readonly Region[]> {
  const environment = readEnvironment(fleetClientEnvironment, process.env);
  const ignore = () => undefined; // The call says what is wrong with the files.
  const paths = options.tls ?? tlsPathsOf(environment);
  await using tls = watchTlsFiles(paths, { clock: systemClock, onLook: ignore });
  const address = parseAddress("address", options.address ?? environment.MUSTER_FLEET_ADDRESS);
  const token = options.key ?? environment.MUSTER_KEY?.reveal() ?? "";
  await using peer = createGrpcNetwork(tls).connect(address, { token });
  const how = { deadlineMs: options.timeoutMs ?? 10_000, ...(options.signal && { signal: options.signal }) };
  const { regions } = await peer.client(FleetServiceDefinition).describeRegions({}, how);
  return regions.map(({ name, fleets, udpPingAddress, httpPingUrl }) => ({
    name,
    fleets,
    udpAddress: udpPingAddress || undefined,
    httpUrl: httpPingUrl || undefined,
  }));
}
