// A server that came from Open Match with Agones: it owned a Backfill object, acknowledged it every few seconds, read the
// assigned tickets of each answer, and updated it when somebody left. All of that is one call here.
import type { Sidecar } from "@muster/sdk";
import { doorOf, type PortedServer } from "./door.ts";

export async function hostOpenMatch(
  sidecar: Sidecar,
): Promise<PortedServer & { readonly expected: readonly string[] }> {
  // Tickets whose players are on their way. AcknowledgeBackfill returned them.
  const expected = new Set<string>();

  sidecar.onStartBattleSession(async (session) => {
    await session.activate();
    // CreateBackfill, with open slots in its extensions. Whoever fits is found by the rule set, not by a match function.
    // In place of what a configuration with autoBackfill has begun already.
    await session.startBackfill({ replace: true });
  });
  sidecar.onBattleSessionUpdated(async ({ session, reason, added, updated, removed }) => {
    for (const { ticketId } of added) if (ticketId !== undefined) expected.add(ticketId);
    for (const { ticketId } of [...updated, ...removed]) if (ticketId !== undefined) expected.delete(ticketId);
    // UpdateBackfill with one slot more was the answer to a leaver. A MAX_POSSIBLE backfill has seen it already.
    const isDeserted = removed.length > 0 && session.players.length === 0;
    if (reason === "SESSION_TERMINATING" || isDeserted) await session.terminate(); // DeleteBackfill follows by itself.
  });
  await sidecar.processReady();

  return {
    get expected() {
      return [...expected];
    },
    enter: doorOf(sidecar).enter,
  };
}
