// What became of tickets, as spans: the search, the placement, and the whole. Told as facts become durable; what was under way when the
// matcher was restarted is told without its middle.
import type { CommittedFact, Ledger } from "@muster/journal";
import type { Tracer } from "@muster/kit/trace";
import type { FillId, MatchId, TicketId } from "@muster/proto";
import { type Step, ticketSpan } from "@muster/service";
import type { MatcherState } from "./core/matcher-state.ts";
import type { JournaledFact } from "./journal-codec/fact-codec.ts";

/** Matches whose forming is remembered until they are placed: a matcher that places nothing must not fill its memory. */
const FORMED_MAX = 100_000;

/** Tells `tracer`. The function that it answers stops that. */
export function traceMatcher(
  tracer: Tracer,
  { ledger, project }: { readonly ledger: Ledger<MatcherState, JournaledFact>; readonly project: string },
): () => void {
  const { state } = ledger;
  const formed = new Map<MatchId, { readonly atMs: number; readonly ids: ReadonlySet<TicketId> }>();
  const newcomers = new Map<FillId, ReadonlySet<TicketId>>();

  const tell = (
    id: TicketId,
    step: Omit<Step, "attributes" | "startMs"> & { readonly startMs?: number | undefined },
  ) => {
    const ticket = state.tickets.get(id)?.ticket;
    if (!ticket) return;
    const { configuration, createdAtWallMs, players } = ticket;
    const attributes = {
      "muster.project": project,
      "muster.configuration": configuration,
      "muster.players": players.length,
    };
    tracer.add(ticketSpan(id, { ...step, startMs: step.startMs ?? createdAtWallMs, attributes }));
  };
  const ended = (ids: Iterable<TicketId | undefined>, endMs: number, error?: string) => {
    for (const id of new Set(ids)) if (id !== undefined) tell(id, { name: "ticket", endMs, error });
  };

  /** Tells of those of the match's tickets that it has ended: the others go on with it, or search on. */
  const settle = (matchId: MatchId, endMs: number) => {
    const match = formed.get(matchId);
    if (!match) return;
    for (const id of match.ids) {
      const phase = state.tickets.get(id)?.ticket.state.phase;
      if (phase === "COMPLETED") ended([id], endMs);
      if (phase === "CANCELLED" || phase === "TIMED_OUT" || phase === "FAILED") ended([id], endMs, phase);
    }
    if (!state.matches.has(matchId) && !state.proposals.has(matchId)) formed.delete(matchId);
  };

  const trace = ({ fact: { atWallMs: endMs, fact } }: CommittedFact<JournaledFact>) => {
    switch (fact.type) {
      case "match-formed": {
        const { matchId, players, queue } = fact.match;
        const ids = new Set(players.map(({ ticketId }) => ticketId));
        for (const id of ids) tell(id, { name: "search", key: matchId, endMs });
        if (queue === undefined && !fact.match.acceptance) return ended(ids, endMs);
        if (formed.size < FORMED_MAX) formed.set(matchId, { atMs: endMs, ids });
        return;
      }
      case "match-placed": {
        const startMs = formed.get(fact.matchId)?.atMs ?? endMs;
        formed.delete(fact.matchId);
        const ids = new Set(fact.players.flatMap(({ ticketId }) => ticketId ?? []));
        for (const id of ids) tell(id, { name: "place", key: fact.matchId, startMs, endMs });
        return ended(ids, endMs);
      }
      case "match-accepted":
      case "proposal-ended":
      case "placement-ended":
        return settle(fact.matchId, endMs);
      case "fill-decided": {
        const ids = new Set(fact.newcomers.map(({ ticketId }) => ticketId));
        for (const id of ids) tell(id, { name: "search", key: fact.fillId, endMs });
        if (newcomers.size < FORMED_MAX) newcomers.set(fact.fillId, ids);
        return;
      }
      case "fill-applied":
        ended(newcomers.get(fact.fillId) ?? [], endMs); // The fact names everybody who sits there.
        return void newcomers.delete(fact.fillId);
      case "fill-dropped":
        return void newcomers.delete(fact.fillId);
      case "ticket-cancelled":
        return ended([fact.ticketId], endMs, "CANCELLED");
      case "ticket-timed-out":
        return ended([fact.ticketId], endMs, "TIMED_OUT");
      default:
        return;
    }
  };
  return ledger.onCommitted((facts) => facts.forEach(trace));
}
