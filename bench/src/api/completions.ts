// Tickets a second from the first batch to the last COMPLETED: decided, matched, placed on simulated servers, seated.
import { connectMatcher, type MatcherConnection } from "@muster/cli";
import { systemClock } from "@muster/kit";
import { TicketState } from "@muster/proto/matchmaking";
import { readCpuUs } from "../process-figures.ts";
import { median } from "../rpc/statistics.ts";
import { connectBatchSender, encodeBatches, smallTicket } from "./batch-load.ts";
import { openSimulatedStack } from "./simulated-stack.ts";

const TICKETS = 30_000;
const ROUNDS = 4;
const LOOK_EVERY_MS = 100;

export async function measureCompletions(): Promise<Record<string, number>> {
  await using stack = await openSimulatedStack({ settleMs: 10 });
  await using matcher = connectMatcher(stack.matcherAddress);
  using sender = connectBatchSender(stack.matcherAddress);
  const perSecond: number[] = [];
  const matcherUs: number[] = [];
  const fleetUs: number[] = [];
  const pids = [stack.pidOf("matcher") ?? 0, stack.pidOf("fleet") ?? 0] as const;
  for (let round = 0; round < ROUNDS; round += 1) {
    const tickets = Array.from({ length: TICKETS }, (_, index) => smallTicket("fives", `${round}-${index}`, 1_000));
    const batches = encodeBatches(tickets);
    const [matcherBefore, fleetBefore] = [readCpuUs(pids[0]), readCpuUs(pids[1])];
    const startedMs = performance.now();
    await sender.send(batches);
    await untilNoneIsLive(stack.matcherHttpAddress);
    const tookMs = performance.now() - startedMs;
    if (round === 0) continue; // Code gets hot.
    perSecond.push((TICKETS / tookMs) * 1_000);
    matcherUs.push((readCpuUs(pids[0]) - matcherBefore) / TICKETS);
    fleetUs.push((readCpuUs(pids[1]) - fleetBefore) / TICKETS);
  }
  await checkNoneFailed(matcher);
  return {
    completedPerSecond: median(perSecond),
    completedMatcherCpuUs: median(matcherUs),
    completedFleetCpuUs: median(fleetUs),
  };
}

/** Asked of the metrics, which count: a list of tickets would look through all of them, at the matcher's expense. */
async function untilNoneIsLive(httpAddress: string): Promise<void> {
  for (;;) {
    const page = await fetch(`http://${httpAddress}/metrics`).then((response) => response.text());
    const live = /^muster_tickets_live\{.*\} (\d+)$/m.exec(page)?.[1];
    if (live === undefined) throw new Error("Cannot count live tickets as the metrics do not tell of them");
    if (live === "0") return;
    await systemClock.sleep(LOOK_EVERY_MS);
  }
}

async function checkNoneFailed({ matchmaking }: MatcherConnection): Promise<void> {
  const filter = { configuration: "", playerId: "", pageSize: 1, pageToken: "" };
  const failed = [TicketState.FAILED, TicketState.TIMED_OUT];
  const { tickets } = await matchmaking.listTickets({ ...filter, states: failed });
  if (tickets.length > 0) throw new Error(`Cannot count completions as ${tickets[0]?.ticketId} failed`);
}
