// The benchmark `rpc`: what a call costs through us, beside a bare grpc-js echo of the same messages in the same run.
import type { Report } from "../report.ts";
import { compareAcceptPlayerSession } from "./accept-player-session.ts";
import { figuresOf, p99Ratio, throughputRatio } from "./compare.ts";
import { compareStartMatching } from "./start-matching.ts";

/**
 * Ratios: `startMatching` and `acceptPlayerSession`, calls a second ÷ the echo's, with 64 in flight (to reach for the
 * first: at least 0.7); `startMatchingP99`, its 99th percentile ÷ the echo's (at most 1.5). `acceptPlayerSession` is two
 * hops, from the game to its sidecar and on to the fleet, and a commit on disk there: it cannot come near an echo.
 */
export async function run(): Promise<Report> {
  const matching = await compareStartMatching();
  const accepting = await compareAcceptPlayerSession();
  return {
    name: "rpc",
    figures: {
      ...figuresOf("startMatching", matching),
      ...figuresOf("acceptPlayerSession", accepting.at64),
      ...figuresOf("acceptPlayerSessionAt8", accepting.at8),
      ...figuresOf("acceptPlayerSessionAt1", accepting.at1),
    },
    ratios: {
      startMatching: throughputRatio(matching),
      startMatchingP99: p99Ratio(matching),
      acceptPlayerSession: throughputRatio(accepting.at64),
      acceptPlayerSessionAt8: throughputRatio(accepting.at8),
      acceptPlayerSessionAt1: throughputRatio(accepting.at1),
    },
  };
}
