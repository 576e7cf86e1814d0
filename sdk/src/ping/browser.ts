// For game clients in a browser: `@muster/sdk/ping` as a bundler for browsers finds it. By HTTP alone, and nothing of Node's.
import { openHttpProbe } from "./http-probe.ts";
import { type MeasureOptions, measureWith, type PingRegion, type RegionLatency } from "./measure-latencies.ts";

export {
  latenciesOf,
  type MeasureOptions,
  type PingRegion,
  type PingWay,
  type RegionLatency,
} from "./measure-latencies.ts";

/** As index.ts has it, by HTTP. */
export function measureLatencies(
  regions: readonly PingRegion[],
  options: MeasureOptions = {},
): Promise<readonly RegionLatency[]> {
  return measureWith({ http: openHttpProbe }, regions, options);
}
