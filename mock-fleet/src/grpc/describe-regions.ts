// DescribeRegions: where the fleets are, and where game clients measure how far that is. Reasons: the .proto.
import type { DescribeRegionsResponse } from "@muster/proto/fleet";
import type { FleetConfig } from "../core/fleet-config.ts";
import type { RegionPing } from "../ping/open-beacons.ts";

/** Regions in the order in which the configuration's fleets first name them. */
export function describeRegions(
  { fleets }: Pick<FleetConfig, "fleets">,
  pings: readonly RegionPing[],
): DescribeRegionsResponse {
  const names = [...new Set(fleets.map(({ region }) => region))];
  const regions = names.map((name) => {
    const ping = pings.find((one) => one.name === name);
    return {
      name,
      fleets: fleets.filter(({ region }) => region === name).map((fleet) => fleet.name),
      udpPingAddress: ping?.udpAddress ?? "",
      httpPingUrl: ping?.httpUrl ?? "",
    };
  });
  return { regions };
}
