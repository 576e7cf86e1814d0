// Asks the fleet about sessions that the feed does not show, until it answers: nothing else may ever tell of their end.
import { backoffMs } from "@muster/kit";
import type { ServerSessionId } from "@muster/proto";
import { decideSessionEnded } from "./core/fleet-reports.ts";
import { createKeyedWork, type KeyedWork } from "./keyed-work.ts";
import { record, type Workshop } from "./workshop.ts";

/** `onShown`: the fleet has shown a session that the view did not know. */
export function createSessionChecks(
  workshop: Workshop,
  onShown: (id: ServerSessionId) => void,
): KeyedWork<ServerSessionId> {
  const { ledger, fleet, view, viewChanged, clock, random, log, onFatal } = workshop;
  const hasEnded = (id: ServerSessionId) => ledger.state.sessions.get(id)?.ended !== undefined;
  return createKeyedWork(async (id, signal) => {
    for (let attempt = 1; ; attempt += 1) {
      if (view.find(id) || hasEnded(id)) return;
      try {
        const session = await fleet.findSession(id, signal);
        if (hasEnded(id)) return; // The feed was faster.
        if (!session || session.state === "TERMINATED") {
          await record(workshop, (now) => decideSessionEnded(now, id, session?.endCause));
        } else if (view.put(session)) {
          viewChanged.ring();
          onShown(id);
        }
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (attempt === 1) log.warn({ battleSessionId: id, error }, "Asking the fleet about a session again");
        await clock.sleep(backoffMs(attempt, random), signal);
      }
    }
  }, onFatal);
}
