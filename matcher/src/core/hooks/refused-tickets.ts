// Tickets that a hook refused: remembered as long as tickets that ended, so that a repeat is told the same and the hook is asked once.
import { MusterError, type TicketId } from "@muster/proto";
import type { MatcherFact } from "../fact.ts";
import type { MatcherState } from "../matcher-state.ts";

export type RefusedTicket = {
  readonly ticketId: TicketId;
  readonly bodyDigest: string;
  readonly hook: string;
  /** The hook's own word for why. "": it gave none. */
  readonly code: string;
  /** For people. "": it said nothing. */
  readonly message: string;
  readonly atMs: number;
};

/** @throws {MusterError} HOOK_REFUSED if a hook refused the ticket; ID_REUSED if it refused another of the same id. */
export function checkNotRefused(
  { refused }: MatcherState,
  { ticketId, bodyDigest }: { readonly ticketId: TicketId; readonly bodyDigest: string },
): void {
  const known = refused.get(ticketId);
  if (!known) return;
  if (known.bodyDigest === bodyDigest) throw hookRefused(known);
  const why = `Cannot make ticket ${ticketId} as its id came before with another body`;
  throw new MusterError("ID_REUSED", why, { metadata: { ticketId } });
}

/** The fact that the hook refused the ticket; none if there is an outcome already. */
export function decideRefuseTicket(state: MatcherState, refused: Omit<RefusedTicket, "atMs">): readonly MatcherFact[] {
  if (state.tickets.has(refused.ticketId) || state.refused.has(refused.ticketId)) return [];
  return [{ type: "ticket-refused", ...refused }];
}

export function hookRefused(
  { ticketId, hook, code, message }: Omit<RefusedTicket, "atMs" | "bodyDigest">,
  verb: "take" | "join" = "take",
): MusterError {
  const said = message === "" ? code || "it says no more" : message;
  const why = `Cannot ${verb} ticket ${ticketId} as hook ${hook} refuses it: ${said}`;
  return new MusterError("HOOK_REFUSED", why, { metadata: { ticketId, hook, code } });
}
