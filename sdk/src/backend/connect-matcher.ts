// How a game backend gets hold of the matcher.
import { type Clock, drawId, type Random, readEnvironment, systemClock, systemRandom } from "@muster/kit";
import { fieldInvalid, limits, MusterError, newId, parseId, parsePlayerId, type TicketId } from "@muster/proto";
import { createGrpcNetwork, parseAddress, type TlsPaths, tlsPathsOf, watchTlsFiles } from "@muster/proto/grpc";
import {
  JoinTokenServiceDefinition,
  MatchmakingServiceDefinition,
  PartyServiceDefinition,
  readExplanations,
} from "@muster/proto/matchmaking";
import type { CallOptions, Network } from "@muster/proto/rpc";
import { retryCall } from "../retry-call.ts";
import { backendEnvironment } from "./environment.ts";
import { readTicketPage, writeListTickets } from "./list-tickets.ts";
import { match } from "./match.ts";
import type { CallWaiting, Matcher } from "./matcher.ts";
import { connectParties } from "./parties/connect-parties.ts";
import { writeStartMatchingBatch } from "./start-matching-batch.ts";
import type { StartMatching } from "./ticket.ts";
import {
  readStartedTicket,
  readTicket,
  writeJoinMatching,
  writeMatchAnswer,
  writeStartMatching,
} from "./ticket-wire.ts";
import { type WatchTickets, watchTickets } from "./watch-tickets.ts";

export type ConnectMatcherOptions = {
  /** The matcher's gRPC address, "host:port" or "unix:/path". Default: MUSTER_MATCHER, else 127.0.0.1:7410. */
  readonly address?: string;
  /** The backend's key, where the matcher asks for one. Default: MUSTER_KEY, else none. Never logged. */
  readonly key?: string;
  /** The project that calls speak for, where the key allows more than one. Default: MUSTER_PROJECT, else that of the key. */
  readonly project?: string | undefined;
  /**
   * PEM files: whose certificates count, and which the backend shows. Read again when they change. With `authorities` the matcher is
   * called by TLS. Default: MUSTER_TLS_CA, MUSTER_TLS_CERT and MUSTER_TLS_KEY, else plain text.
   */
  readonly tls?: TlsPaths;
  /** How long a unary call may take with its retries, in ms. Default 10,000. */
  readonly callTimeoutMs?: number;
};

/**
 * A connection to the matcher. Nothing is sent yet: the first call connects, and waits for a matcher that is away.
 *
 * @example
 * await using matcher = connectMatcher();
 * const result = await matcher.match({ configuration: "arena", players: [{ playerId: "ada" }] });
 *
 * @throws {MusterError} FIELD_INVALID for an address that is none, CONFIG_INVALID for a file that cannot be used.
 */
export function connectMatcher(options: ConnectMatcherOptions = {}): Matcher {
  const environment = readEnvironment(backendEnvironment, process.env);
  const ignore = () => undefined; // A call that needs the new files says what is wrong with them.
  const tls = watchTlsFiles(options.tls ?? tlsPathsOf(environment), { clock: systemClock, onLook: ignore });
  return connectMatcherWith({
    ...options,
    network: createGrpcNetwork(tls),
    resources: tls,
    address: parseAddress("address", options.address ?? environment.MUSTER_MATCHER),
    key: options.key ?? environment.MUSTER_KEY?.reveal() ?? "",
    project: options.project ?? environment.MUSTER_PROJECT,
    clock: systemClock,
    random: systemRandom,
  });
}

export type ConnectMatcherWithOptions = Omit<ConnectMatcherOptions, "tls"> & {
  /** Ends with the connection. */
  readonly resources?: AsyncDisposable | undefined;
  readonly network: Network;
  readonly address: string;
  readonly clock: Clock;
  readonly random: Random;
};

/** `connectMatcher` with everything of the machine put in by the caller. */
export function connectMatcherWith(options: ConnectMatcherWithOptions): Matcher {
  const { network, address, key = "", project, clock, random, callTimeoutMs: timeoutMs = 10_000 } = options;
  const peer = network.connect(address, { token: key, project });
  const client = peer.client(MatchmakingServiceDefinition);
  const joinTokens = peer.client(JoinTokenServiceDefinition);
  const closing = new AbortController();

  const signalOf = ({ signal }: CallWaiting) => (signal ? AbortSignal.any([closing.signal, signal]) : closing.signal);
  const call = <Response>(waiting: CallWaiting, work: (how: CallOptions) => Promise<Response>) =>
    retryCall({ clock, random, timeoutMs, signal: signalOf(waiting) }, work);
  // Drawn here rather than by the matcher: a repeat of the call is then a repeat of the ticket.
  const nameTicket = (ticket: StartMatching) => ({ ...ticket, ticketId: ticket.ticketId ?? newId("ticket", random) });

  const parties = connectParties({ client: peer.client(PartyServiceDefinition), call, signalOf, clock, random });
  const matcher: Matcher = {
    parties,
    async match(ticket, { signal, onProposed } = {}) {
      return await match(nameTicket(ticket), {
        clock,
        random,
        signal,
        onProposed,
        closing: closing.signal,
        start: (named) => matcher.startMatching(named),
        cancel: (ticketId, until) => matcher.cancelMatching(ticketId, { signal: until }),
        watch: (ticketId, until) => matcher.watchTickets({ ticketIds: [ticketId] }, { signal: until }),
      });
    },
    async startMatching(ticket, waiting = {}) {
      const request = writeStartMatching(nameTicket(ticket));
      const response = await call(waiting, (how) => client.startMatching(request, how));
      return readTicket(response.ticket);
    },
    async startMatchingBatch(tickets, waiting = {}) {
      const request = writeStartMatchingBatch(tickets.map(nameTicket));
      const response = await call(waiting, (how) => client.startMatchingBatch(request, how));
      return response.tickets.map(readStartedTicket);
    },
    async cancelMatching(ticketId, waiting = {}) {
      const request = { ticketId: parseId<TicketId>("ticketId", ticketId) };
      const response = await call(waiting, (how) => client.cancelMatching(request, how));
      return readTicket(response.ticket);
    },
    async acceptMatch(answer, waiting = {}) {
      const request = writeMatchAnswer(answer, "ACCEPT");
      return readTicket((await call(waiting, (how) => client.acceptMatch(request, how))).ticket);
    },
    async declineMatch(answer, waiting = {}) {
      const request = writeMatchAnswer(answer, "REFUSE");
      return readTicket((await call(waiting, (how) => client.acceptMatch(request, how))).ticket);
    },
    async joinMatching(join, waiting = {}) {
      const request = writeJoinMatching(join);
      return readTicket((await call(waiting, (how) => client.joinMatching(request, how))).ticket);
    },
    async declineMatching({ ticketId, playerId }, waiting = {}) {
      const request = {
        ticketId: parseId<TicketId>("ticketId", ticketId),
        playerId: parsePlayerId("playerId", playerId),
      };
      return readTicket((await call(waiting, (how) => client.declineMatching(request, how))).ticket);
    },
    async redeemJoinToken({ token, matchId = "", requestId = drawId("redeem", random) }, waiting = {}) {
      const redeem = { token, matchId, requestId };
      const { team, ...seat } = await call(waiting, (how) => joinTokens.redeemJoinToken(redeem, how));
      return { ...seat, team: team || undefined };
    },
    async describeMatchingProgress(ticketIds, { knownOnly, ...waiting } = {}) {
      if (ticketIds.length < 1 || ticketIds.length > limits.TICKETS_PER_CALL_MAX) {
        throw fieldInvalid("ticketIds", `1 to ${limits.TICKETS_PER_CALL_MAX} tickets`, ticketIds.length);
      }
      const ids = ticketIds.map((id, index) => parseId<TicketId>(`ticketIds[${index}]`, id));
      const request = { ticketIds: ids, ...(knownOnly && { knownOnly }) };
      const { tickets } = await call(waiting, (how) => client.describeMatchingProgress(request, how));
      return tickets.map(readTicket);
    },
    async explainTicket(ticketId, waiting = {}) {
      const request = { ticketId: parseId<TicketId>("ticketId", ticketId) };
      const { ticket, ...explained } = await call(waiting, (how) => client.explainTicket(request, how));
      const [preferred, ...alternatives] = readExplanations(explained);
      return { ticket: readTicket(ticket), ...preferred, alternatives };
    },
    async listTickets(filter = {}, waiting = {}) {
      const request = writeListTickets(filter);
      return readTicketPage(await call(waiting, (how) => client.listTickets(request, how)));
    },
    watchTickets(watch: WatchTickets, waiting = {}) {
      return watchTickets(watch, { client, clock, random, signal: signalOf(waiting) });
    },
    async close() {
      if (closing.signal.aborted) return;
      closing.abort(new MusterError("CALL_CANCELLED", "Cannot go on as the connection to the matcher was closed"));
      await peer[Symbol.asyncDispose]();
      await options.resources?.[Symbol.asyncDispose]();
    },
    async [Symbol.asyncDispose]() {
      await matcher.close();
    },
  };
  return matcher;
}
