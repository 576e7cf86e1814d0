// Where the regions of a fleet are measured: its own beacons, opened, and those of others, as they are told.

import type { RegionSpec } from "../core/region-spec.ts";
import type { BeaconPorts } from "./beacon.ts";
import { openBeacon } from "./beacon.ts";

/** Where clients measure a region. Empty: nowhere by that way. */
export type RegionPing = { readonly name: string; readonly udpAddress: string; readonly httpUrl: string };

export interface OpenBeacons extends AsyncDisposable {
  readonly pings: readonly RegionPing[];
}

/**
 * Opens the beacon of each region that has one.
 *
 * @throws {MusterError} SERVICE_NOT_READY: an address is taken or cannot be bound. None is open then.
 */
export async function openBeacons(regions: readonly RegionSpec[], ports: BeaconPorts): Promise<OpenBeacons> {
  await using opened = new AsyncDisposableStack();
  const pings: RegionPing[] = [];
  for (const { name, beacon, udpPing = "", httpPing = "" } of regions) {
    if (!beacon) pings.push({ name, udpAddress: udpPing, httpUrl: httpPing });
    else {
      const { udpAddress, httpUrl } = opened.use(await openBeacon(beacon, ports));
      pings.push({ name, udpAddress, httpUrl });
    }
  }
  const kept = opened.move();
  return { pings, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
