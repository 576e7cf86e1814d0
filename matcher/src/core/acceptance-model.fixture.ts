// Acceptance as a page of plain rules: what each ticket comes to, and what each caller is told. It shares nothing with the matcher but
// the words; which tickets form a match it is told.

type Ticket = {
  readonly players: readonly string[];
  readonly timesOutAtMs: number;
  state: string;
  /** The match that it is asked about, or in. */
  matchId: string | undefined;
  /** Every match that was ever proposed to it. */
  readonly proposedIds: Set<string>;
};

type Match = { readonly tickets: readonly string[]; readonly deadlineAtMs: number; readonly accepted: Set<string> };

export type Answer = {
  readonly ticketId: string;
  readonly matchId: string;
  readonly playerId: string;
  readonly answer: "ACCEPT" | "REFUSE";
};

export function createAcceptanceModel(rules: {
  readonly acceptMs: number;
  readonly requestMs: number;
  readonly autoContinue: boolean;
}) {
  const tickets = new Map<string, Ticket>();
  const open = new Map<string, Match>();

  const get = (ticketId: string): Ticket => {
    const ticket = tickets.get(ticketId);
    if (!ticket) throw new Error(`the model has no ticket ${ticketId}`);
    return ticket;
  };
  /** The match is off; `culprits` says what becomes of those to blame, `why` is told to the others. */
  const end = (
    matchId: string,
    culprits: ReadonlyMap<string, string>,
    { why, nowMs }: { why: string; nowMs: number },
  ) => {
    for (const ticketId of open.get(matchId)?.tickets ?? []) {
      const ticket = get(ticketId);
      const blame = culprits.get(ticketId);
      if (blame === undefined && rules.autoContinue) {
        ticket.matchId = undefined;
        ticket.state = ticket.timesOutAtMs > nowMs ? `SEARCHING ${why}` : "TIMED_OUT REQUEST_TIMED_OUT";
      } else ticket.state = `CANCELLED ${blame ?? why}`;
    }
    open.delete(matchId);
  };
  const expire = (matchId: string, nowMs: number) => {
    const match = open.get(matchId);
    const silent = (match?.tickets ?? []).filter(
      (id) => !get(id).players.every((player) => match?.accepted.has(player)),
    );
    end(matchId, new Map(silent.map((id) => [id, "ACCEPTANCE_TIMED_OUT"])), { why: "MATCH_UNANSWERED", nowMs });
  };

  return {
    tickets,
    start(ticketId: string, players: readonly string[], nowMs: number) {
      const timesOutAtMs = nowMs + rules.requestMs;
      tickets.set(ticketId, { players, timesOutAtMs, state: "SEARCHING", matchId: undefined, proposedIds: new Set() });
    },
    formed(matchId: string, ticketIds: readonly string[], nowMs: number) {
      open.set(matchId, { tickets: ticketIds, deadlineAtMs: nowMs + rules.acceptMs, accepted: new Set() });
      for (const ticket of ticketIds.map(get)) {
        ticket.state = "REQUIRES_ACCEPTANCE";
        ticket.matchId = matchId;
        ticket.proposedIds.add(matchId);
      }
    },
    /** The reason of a refusal; undefined: OK. */
    answer({ ticketId, matchId, playerId, answer }: Answer, nowMs: number): string | undefined {
      const ticket = tickets.get(ticketId);
      if (!ticket) return "TICKET_NOT_FOUND";
      if (!ticket.players.includes(playerId)) return "PLAYER_NOT_IN_TICKET";
      const isPresent = ticket.matchId === matchId;
      const match = isPresent ? open.get(matchId) : undefined;
      if (!match) {
        if (isPresent && ticket.state === "CANCELLED ACCEPTANCE_REFUSED") {
          return answer === "REFUSE" ? undefined : "PROPOSAL_REFUSED";
        }
        if (!ticket.proposedIds.has(matchId)) return "PROPOSAL_NOT_FOUND";
        return isPresent && ticket.state === "PLACING" && answer === "ACCEPT" ? undefined : "PROPOSAL_ENDED";
      }
      if (nowMs >= match.deadlineAtMs) return "PROPOSAL_ENDED";
      if (answer === "REFUSE") {
        end(matchId, new Map([[ticketId, "ACCEPTANCE_REFUSED"]]), { why: "MATCH_REFUSED", nowMs });
        return undefined;
      }
      match.accepted.add(playerId);
      if (!match.tickets.every((id) => get(id).players.every((player) => match.accepted.has(player)))) return undefined;
      open.delete(matchId);
      for (const id of match.tickets) get(id).state = "PLACING";
      return undefined;
    },
    cancel(ticketId: string, nowMs: number): string | undefined {
      const ticket = tickets.get(ticketId);
      if (!ticket) return "TICKET_NOT_FOUND";
      if (ticket.state === "PLACING") return "TICKET_ALREADY_MATCHED";
      const match = open.get(ticket.matchId ?? "");
      if (match && nowMs >= match.deadlineAtMs) expire(ticket.matchId ?? "", nowMs);
      else if (match)
        end(ticket.matchId ?? "", new Map([[ticketId, "CANCELLED_BY_REQUEST"]]), { why: "MATCH_REFUSED", nowMs });
      if (ticket.state.startsWith("SEARCHING")) ticket.state = "CANCELLED CANCELLED_BY_REQUEST";
      return undefined;
    },
    /** What is due at `nowMs` has happened. */
    wait(nowMs: number) {
      for (const [matchId, { deadlineAtMs }] of [...open]) if (deadlineAtMs <= nowMs) expire(matchId, nowMs);
      for (const ticket of tickets.values()) {
        if (ticket.state.startsWith("SEARCHING") && ticket.timesOutAtMs <= nowMs)
          ticket.state = "TIMED_OUT REQUEST_TIMED_OUT";
      }
    },
    openIds: () => [...open.keys()],
    acceptedOf: (matchId: string) => [...(open.get(matchId)?.accepted ?? [])].toSorted(),
  };
}
