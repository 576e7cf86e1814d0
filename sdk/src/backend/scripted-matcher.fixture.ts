// A matcher in the hands of a test: a handful of tickets whose every change is an event with a number. It can be restarted
// without forgetting them. Used by the backend SDK's own tests.
import { type Channel, createChannel } from "@muster/kit";
import { MusterError, readEnum, writeEnum } from "@muster/proto";
import {
  MatchAnswer,
  MatchmakingServiceDefinition,
  type RuleSetExplanation,
  type StartMatchingRequest,
  TicketEventType,
  type TicketExplanation,
  TicketState,
  type WatchTicketsRequest,
  type WatchTicketsResponse,
  type Ticket as WireTicket,
} from "@muster/proto/matchmaking";
import { type Implementation, implement } from "@muster/proto/rpc";

/** What a matcher keeps over its restarts. */
export type MatcherBook = {
  readonly tickets: Map<string, WireTicket>;
  readonly events: WatchTicketsResponse[];
};

export type MatcherScript = {
  readonly book?: MatcherBook;
  /** Called before each method; what it throws is the answer. */
  readonly before?: (method: string, request: unknown) => void;
  /** Called after the work of each method: what it throws loses an answer to what was done. */
  readonly after?: (method: string) => void;
  /** Why it does not take a ticket of a batch; undefined: it does. */
  readonly refuse?: (ticketId: string) => Pick<MusterError, "reason" | "message" | "metadata"> | undefined;
  /** Of every page of tickets. */
  readonly nextPageToken?: string;
  /** What it says of every ticket. */
  readonly explanation?: TicketExplanation;
  readonly alternatives?: RuleSetExplanation[];
};

export type ScriptedMatcher = {
  readonly services: readonly Implementation[];
  readonly book: MatcherBook;
  readonly calls: { readonly method: string; readonly request: unknown; readonly token: string }[];
  readonly watches: WatchTicketsRequest[];
  /** Moves a ticket on: one more event. */
  move(ticketId: string, change: Partial<WireTicket>): void;
  endSession(ticketId: string): void;
  heartbeat(): void;
};

export function createScriptedMatcher(script: MatcherScript = {}): ScriptedMatcher {
  const book: MatcherBook = script.book ?? { tickets: new Map(), events: [] };
  const calls: { method: string; request: unknown; token: string }[] = [];
  const watches: WatchTicketsRequest[] = [];
  const open = new Set<{ readonly request: WatchTicketsRequest; readonly responses: Channel<WatchTicketsResponse> }>();

  const enter = (method: string, request: unknown, token: string) => {
    calls.push({ method, request, token });
    script.before?.(method, request);
  };
  const concerns = ({ ticketIds, configuration, playerId }: WatchTicketsRequest, ticket: WireTicket | undefined) =>
    playerId !== undefined
      ? ticket?.players.some((player) => player.playerId === playerId)
      : ticketIds.length > 0
        ? ticketIds.includes(ticket?.ticketId ?? "")
        : configuration === "" || configuration === ticket?.configuration;
  const publish = (event: Omit<WatchTicketsResponse, "resumeToken">) => {
    const numbered = { ...event, resumeToken: String(book.events.length + 1) };
    book.events.push(numbered);
    for (const { request, responses } of open) if (concerns(request, event.ticket)) responses.push(numbered);
  };
  const eventOf = (type: keyof typeof TicketEventType & string, ticket: WireTicket) => ({
    type: TicketEventType[type as "STATE_CHANGED"],
    ticket,
    at: new Date(5_000),
    sessionEndCause: 0 as const,
  });
  const find = (ticketId: string): WireTicket => {
    const ticket = book.tickets.get(ticketId);
    if (ticket) return ticket;
    throw new MusterError("TICKET_NOT_FOUND", `Cannot find the ticket ${ticketId}`);
  };
  const put = (ticket: WireTicket) => {
    book.tickets.set(ticket.ticketId, ticket);
    publish(eventOf("STATE_CHANGED", ticket));
  };
  const move = (ticketId: string, change: Partial<WireTicket>) => {
    const before = find(ticketId);
    const ticket = { ...before, ...change, version: before.version + 1 };
    const isProgress = before.state === ticket.state && ticket.state === TicketState.REQUIRES_ACCEPTANCE;
    book.tickets.set(ticketId, ticket);
    publish(eventOf(isProgress ? "ACCEPTANCE_CHANGED" : "STATE_CHANGED", ticket));
  };

  const service = implement(MatchmakingServiceDefinition, {
    async startMatching(request, { token }) {
      enter("startMatching", request, token);
      if (!book.tickets.has(request.ticketId)) put(newTicket(request));
      script.after?.("startMatching");
      return { ticket: find(request.ticketId) };
    },
    async startMatchingBatch(request, { token }) {
      enter("startMatchingBatch", request, token);
      const tickets = request.tickets.map((ticket) => {
        const { ticketId } = ticket;
        const refusal = script.refuse?.(ticketId);
        if (refusal) return { ticketId, refusal: { ...refusal, metadata: { ...refusal.metadata } } };
        if (!book.tickets.has(ticketId)) put(newTicket(ticket));
        return { ticketId, ticket: find(ticketId) };
      });
      script.after?.("startMatchingBatch");
      return { tickets };
    },
    startMatchingStream() {
      throw new MusterError("METHOD_UNKNOWN", "Cannot stream as the SDK does not");
    },
    async cancelMatching(request, { token }) {
      enter("cancelMatching", request, token);
      const { state, matchId } = find(request.ticketId);
      if (state === TicketState.PLACING || state === TicketState.COMPLETED) {
        throw new MusterError("TICKET_ALREADY_MATCHED", "Cannot cancel as it has its match", { metadata: { matchId } });
      }
      const cancelled = { state: writeEnum(TicketState, "CANCELLED"), cause: "CANCELLED_BY_REQUEST" };
      if (state === TicketState.SEARCHING) move(request.ticketId, cancelled);
      return { ticket: find(request.ticketId) };
    },
    async acceptMatch(request, { token }) {
      enter("acceptMatch", request, token);
      const { state, matchId, proposal } = find(request.ticketId);
      if (!proposal || matchId !== request.matchId) {
        throw new MusterError("PROPOSAL_NOT_FOUND", "Cannot answer as the match is not proposed", {
          metadata: { matchId: request.matchId, state: readEnum(TicketState, state) ?? "" },
        });
      }
      const players = proposal.players.map((player) => {
        return { ...player, accepted: player.accepted || request.playerIds.includes(player.playerId) };
      });
      const refused = { state: writeEnum(TicketState, "CANCELLED"), cause: "ACCEPTANCE_REFUSED", proposal: undefined };
      const isRefusal = request.answer === MatchAnswer.REFUSE;
      move(request.ticketId, isRefusal ? refused : { proposal: { ...proposal, players } });
      return { ticket: find(request.ticketId) };
    },
    async joinMatching(request, { token }) {
      enter("joinMatching", request, token);
      const { players } = find(request.ticketId);
      const byId = new Map(request.players.map((player) => [player.playerId, player]));
      const joined = players.map((player) => byId.get(player.playerId) ?? player);
      move(request.ticketId, { players: joined, preparation: undefined, state: writeEnum(TicketState, "SEARCHING") });
      return { ticket: find(request.ticketId) };
    },
    async declineMatching(request, { token }) {
      enter("declineMatching", request, token);
      move(request.ticketId, { state: writeEnum(TicketState, "CANCELLED"), cause: "PREPARATION_DECLINED" });
      return { ticket: find(request.ticketId) };
    },
    async describeMatchingProgress(request, { token }) {
      enter("describeMatchingProgress", request, token);
      const ids = request.ticketIds.filter((id) => !request.knownOnly || book.tickets.has(id));
      return { tickets: ids.map(find) };
    },
    async listTickets(request, { token }) {
      enter("listTickets", request, token);
      return { tickets: [...book.tickets.values()].toReversed(), nextPageToken: script.nextPageToken ?? "" };
    },
    async describeTicketHistory(request, { token }) {
      enter("describeTicketHistory", request, token);
      return { ticket: find(request.ticketId), transitions: [], attempts: [], attemptsIncomplete: false };
    },
    async explainTicket(request, { token }) {
      enter("explainTicket", request, token);
      const { explanation, alternatives = [] } = script;
      return { ticket: find(request.ticketId), explanation, ruleSet: "duel", alternatives };
    },
    async *watchTickets(request, { signal, token }) {
      enter("watchTickets", request, token);
      watches.push(request);
      for (const ticketId of request.ticketIds) find(ticketId);
      const responses = createChannel<WatchTicketsResponse>();
      const watch = { request, responses };
      signal.addEventListener("abort", () => responses.close(), { once: true });
      const fromStart = request.ticketIds.length > 0 ? 0 : book.events.length;
      const after = request.resumeToken === "" ? fromStart : Number(request.resumeToken);
      for (const event of book.events.slice(after)) if (concerns(request, event.ticket)) responses.push(event);
      open.add(watch);
      try {
        yield* responses;
      } finally {
        open.delete(watch);
      }
    },
  });

  return {
    services: [service],
    book,
    calls,
    watches,
    move,
    endSession: (ticketId) => publish({ ...eventOf("SESSION_ENDED", find(ticketId)), sessionEndCause: 1 }),
    heartbeat() {
      const resumeToken = String(book.events.length);
      const beat = { type: TicketEventType.HEARTBEAT, ticket: undefined, at: undefined, sessionEndCause: 0 as const };
      for (const { responses } of open) responses.push({ ...beat, resumeToken });
    },
  };
}

function newTicket({ query: _, ...request }: StartMatchingRequest): WireTicket {
  return {
    ...request,
    state: TicketState.SEARCHING,
    version: 1,
    createdAt: new Date(1_000),
    timesOutAt: new Date(61_000),
    matchId: "",
    cause: "",
    returns: 0,
  };
}

/** What completes a ticket of player "ann" in `bs_1`, beside bob. */
export const completed: Partial<WireTicket> = {
  state: TicketState.COMPLETED,
  matchId: "match_1",
  assignment: {
    address: { host: "127.0.0.1", ports: { game: 7500 } },
    battleSessionId: "bs_1",
    region: "local",
    players: [
      { playerId: "ann", team: "red", ticketId: "t1", playerSessionId: "ps_ann" },
      { playerId: "bob", team: "blue", ticketId: "t2", playerSessionId: "" },
    ],
  },
};
