// For game clients that run on Node, and for tools: `@muster/sdk/ping`. In browsers browser.ts stands in its place.
import { openHttpProbe } from "./http-probe.ts";
import { type MeasureOptions, measureWith, type PingRegion, type RegionLatency } from "./measure-latencies.ts";
import { openUdpProbe } from "./udp-probe.ts";

export {
  latenciesOf,
  type MeasureOptions,
  type PingRegion,
  type PingWay,
  type RegionLatency,
} from "./measure-latencies.ts";

/**
 * Measures how far regions are from here: all at the same time, by UDP where a region has an echo, else by HTTP.
 *
 * @example
 * const measured = await measureLatencies(regions); // as the backend passed them on
 * const latenciesMs = latenciesOf(measured); // for the backend's startMatching
 *
 * @throws {RangeError} An option is out of its range.
 */
export function measureLatencies(
  regions: readonly PingRegion[],
  options: MeasureOptions = {},
): Promise<readonly RegionLatency[]> {
  return measureWith({ udp: openUdpProbe, http: openHttpProbe }, regions, options);
}
