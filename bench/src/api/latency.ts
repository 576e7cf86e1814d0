// How long a match takes from the start of the last ticket that it needs to the event that it is COMPLETED, on an idle machine's terms: a
// thousand tickets a second, evenly, and one watch of all of them.
import { connectMatcher } from "@muster/cli";
import { systemClock } from "@muster/kit";
import { TicketState } from "@muster/proto/matchmaking";
import { percentile } from "../rpc/statistics.ts";
import { smallTicket } from "./batch-load.ts";
import { openSimulatedStack } from "./simulated-stack.ts";

const PER_SECOND = 1_000;
const TICKETS = 10_000;
/** Not counted: code gets hot. */
const WARM_UP = 3_000;

export async function measureLatency(): Promise<Record<string, number>> {
  await using stack = await openSimulatedStack({ settleMs: 0 });
  await using matcher = connectMatcher(stack.matcherAddress);
  const startedMs = new Map<string, number>();
  /** By match: the start of its last ticket, and when the first event told that it is complete. */
  const matches = new Map<string, { lastMs: number; completedMs: number }>();
  let completed = 0;
  const listening = Promise.withResolvers<void>();
  const watch = async () => {
    const request = { ticketIds: [], configuration: "fives", resumeToken: "" };
    for await (const { ticket } of matcher.matchmaking.watchTickets(request)) {
      listening.resolve();
      if (ticket?.state !== TicketState.COMPLETED) continue;
      const lastMs = startedMs.get(ticket.ticketId) ?? 0;
      const match = matches.get(ticket.matchId) ?? { lastMs, completedMs: performance.now() };
      matches.set(ticket.matchId, { ...match, lastMs: Math.max(match.lastMs, lastMs) });
      completed += 1;
      if (completed === TICKETS) return;
    }
  };
  const watching = watch();
  await listening.promise;
  const beganMs = performance.now();
  const starts: Promise<unknown>[] = [];
  for (let index = 0; index < TICKETS; index += 1) {
    const dueMs = beganMs + (index / PER_SECOND) * 1_000;
    while (performance.now() < dueMs) await systemClock.sleep(1);
    const request = smallTicket("fives", `l-${index}`, 1_000);
    startedMs.set(request.ticketId, performance.now());
    starts.push(matcher.matchmaking.startMatching(request));
  }
  await Promise.all([...starts, watching]);
  const counted = [...matches.values()].filter(({ lastMs }) => lastMs > beganMs + WARM_UP);
  const latenciesMs = counted.map(({ lastMs, completedMs }) => completedMs - lastMs);
  return { completedP50Ms: percentile(latenciesMs, 0.5), completedP99Ms: percentile(latenciesMs, 0.99) };
}
