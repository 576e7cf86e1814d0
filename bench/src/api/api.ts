// The benchmark `api`: what a game backend gets from a matcher on disk, beside a bare grpc-js echo and a bare node:http echo of the same
// messages in the same run.
import type { BenchOptions, Report } from "../report.ts";
import { figuresOf, p99Ratio, throughputRatio } from "../rpc/compare.ts";
import { compareStartMatching } from "../rpc/start-matching.ts";
import { measureBatches } from "./batches.ts";
import { measureCompletions } from "./completions.ts";
import { compareHttp } from "./http-calls.ts";
import { measureLatency } from "./latency.ts";
import { measureTicketWatchers } from "./ticket-watchers.ts";

/**
 * `startMatchingRatio`: durable StartMatching a second with 64 in flight ÷ the gRPC echo's (to reach: ≥ 0.7); `p99Ratio64`, its 99th
 * percentile ÷ the echo's (≤ 1.5); `httpRatio`, the same by JSON over HTTP ÷ the node:http echo's. `batchTicketsPerSecond`: tickets that batches
 * of 100 put into a pool in which nobody can be matched (≥ 100,000). `completedPerSecond`: tickets that are started in batches, matched
 * five against five, placed on simulated servers and COMPLETED, all in one time (≥ 30,000). `completedP99Ms`: from the start of the last
 * ticket that a match needs to the event that it is COMPLETED, at 1,000 tickets a second without a wait for others (≤ 50).
 * `watchers10kMb`: resident memory of a matcher that 10,000 watch, each a player, and nobody polls (≤ 250).
 */
export async function run({ only }: BenchOptions): Promise<Report> {
  const wants = (part: string) => only === undefined || only === part;
  const figures: Record<string, number> = {};
  const ratios: Record<string, number> = {};
  if (wants("unary")) {
    const rounds = await compareStartMatching();
    Object.assign(figures, figuresOf("startMatching", rounds));
    ratios.startMatchingRatio = throughputRatio(rounds);
    ratios.p99Ratio64 = p99Ratio(rounds);
  }
  if (wants("http")) {
    const rounds = await compareHttp();
    Object.assign(figures, figuresOf("startMatchingHttp", rounds));
    ratios.httpRatio = throughputRatio(rounds);
    ratios.httpP99Ratio = p99Ratio(rounds);
  }
  if (wants("batch")) Object.assign(figures, await measureBatches());
  if (wants("completed")) Object.assign(figures, await measureCompletions());
  if (wants("latency")) Object.assign(figures, await measureLatency());
  if (wants("watchers")) Object.assign(figures, await measureTicketWatchers());
  return { name: "api", figures, ratios };
}
