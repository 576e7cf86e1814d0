// The game may know more of its session than the feed has brought: the matcher judges no earlier than it.
import { MusterError, type ServerSessionId } from "@muster/proto";
import type { Workshop } from "./workshop.ts";

/**
 * Resolves when the view shows `revision` of the session or a later one, or the session has ended, or is none of ours.
 *
 * @throws {MusterError} SERVICE_NOT_READY while the fleet's feed has told nothing yet; CALL_CANCELLED at the caller's end.
 */
export async function awaitRevision(
  { view, viewChanged, ledger }: Pick<Workshop, "view" | "viewChanged" | "ledger">,
  seen: { readonly battleSessionId: ServerSessionId; readonly revision: number },
  signal: AbortSignal,
): Promise<void> {
  if (!view.complete) {
    throw new MusterError("SERVICE_NOT_READY", "Cannot judge the session as the fleet's feed must be there: it is not");
  }
  for (;;) {
    const shown = view.find(seen.battleSessionId);
    const matched = ledger.state.sessions.get(seen.battleSessionId);
    if (!matched || matched.ended || (shown && shown.revision >= seen.revision)) return;
    await viewChanged.next(signal);
  }
}
