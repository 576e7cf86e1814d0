// Owners who keep their tickets by watching them: they look away, now and then for longer than the ticket bears, and come back, or never
// look at all.
import type { MatchmakingServiceDefinition } from "@muster/proto/matchmaking";
import type { Client } from "@muster/proto/rpc";
import type { Chance } from "../engine/chance.ts";

export type AttendanceParts = {
  readonly chance: Chance;
  readonly matching: Client<typeof MatchmakingServiceDefinition>;
  readonly clock: { sleep(ms: number, signal?: AbortSignal): Promise<void> };
};

/** Graces that tickets ask for, in s: shorter and longer than it takes to be matched. */
const GRACES = [1, 2, 4, 10];

export function drawGrace(chance: Chance): number {
  return chance.pick(GRACES);
}

/** Watches the ticket, on and off, until `signal` aborts; now and then not at all. */
export async function attend(
  { ticketId, graceSeconds }: { readonly ticketId: string; readonly graceSeconds: number },
  { chance, matching, clock }: AttendanceParts,
  signal: AbortSignal,
): Promise<void> {
  const isCareless = chance.happens(0.3);
  while (!signal.aborted) {
    const leaves = new AbortController();
    const either = AbortSignal.any([signal, leaves.signal]);
    const watching = watch(matching, ticketId, either);
    await clock.sleep(chance.wait(6_000));
    leaves.abort();
    await watching;
    if (isCareless) return; // Does not come back.
    await clock.sleep(chance.wait(graceSeconds * 400));
  }
}

/** What breaks it ends it: whoever attends opens another. */
async function watch(matching: AttendanceParts["matching"], ticketId: string, signal: AbortSignal): Promise<void> {
  const request = { ticketIds: [ticketId], configuration: "", resumeToken: "" };
  const read = async () => {
    for await (const _ of matching.watchTickets(request, { signal }));
  };
  await read().catch(() => undefined);
}
