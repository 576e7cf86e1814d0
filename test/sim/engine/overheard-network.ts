// A caller's network with an ear in it: every unary call and what the caller was told, and the streams of tickets,
// placements and sessions, as messages of the contract. This is the history that outside checkers judge.
import { MusterError, toMusterError } from "@muster/proto";
import type { WatchPlacementsResponse, WatchSessionsResponse } from "@muster/proto/fleet";
import type {
  StartedTicket,
  StartMatchingBatchRequest,
  StartMatchingBatchResponse,
  WatchTicketsResponse,
} from "@muster/proto/matchmaking";
import type { Network } from "@muster/proto/rpc";
import type { WatchResponse } from "@muster/proto/sdk";
import type { Happening, Outcome } from "../observation.ts";

export type Ear = {
  readonly caller: string;
  readonly see: (happening: Happening) => void;
  readonly nextCallId: () => number;
};

/** Nobody knows after these whether the call did its work. */
const UNKNOWN: ReadonlySet<string> = new Set([
  "PEER_UNREACHABLE",
  "DEADLINE_PASSED",
  "CALL_CANCELLED",
  "SERVICE_NOT_READY",
  "FLEET_UNREACHABLE",
  "INTERNAL_FAULT",
]);

type StreamRequest = {
  readonly resumeToken: string;
  readonly ticketIds?: readonly string[];
  readonly playerId?: string | undefined;
  readonly onlooker?: boolean | undefined;
};
type Stream<Event> = (request: StreamRequest, options?: object) => AsyncIterable<Event>;
type Seen<Event> = {
  /** One caller may watch several things at once. */
  readonly nameOf: (request: StreamRequest) => string;
  readonly opened: (watcher: string, request: StreamRequest) => Happening;
  readonly event: (watcher: string, event: Event) => Happening;
};

/** The same network; what passes is seen, but for answers to health checks: they are many, and say nothing. */
export function overhear(network: Network, { caller, see, nextCallId }: Ear): Network {
  const unary =
    (method: string, call: (request: unknown, options?: object) => Promise<unknown>) =>
    async (request: unknown, options?: object): Promise<unknown> => {
      const callId = nextCallId();
      see({ type: "call", callId, caller, method, request });
      try {
        const ok = await call(request, options);
        see({ type: "answer", callId, outcome: { ok } });
        return ok;
      } catch (error) {
        see({ type: "answer", callId, outcome: outcomeOf(error) });
        throw error;
      }
    };
  /** Many tickets in one call are as many calls to those who judge: what holds of one holds of each. */
  const batch =
    (call: (request: StartMatchingBatchRequest, options?: object) => Promise<StartMatchingBatchResponse>) =>
    async (request: StartMatchingBatchRequest, options?: object): Promise<StartMatchingBatchResponse> => {
      const callIds = request.tickets.map((ticket) => {
        const callId = nextCallId();
        see({ type: "call", callId, caller, method: "startMatching", request: ticket });
        return callId;
      });
      try {
        const response = await call(request, options);
        for (const [index, callId] of callIds.entries()) {
          see({ type: "answer", callId, outcome: outcomeOfStarted(response.tickets[index]) });
        }
        return response;
      } catch (error) {
        for (const callId of callIds) see({ type: "answer", callId, outcome: outcomeOf(error) });
        throw error;
      }
    };
  async function* watch<Event>(
    stream: Stream<Event>,
    seen: Seen<Event>,
    [request, options]: Parameters<Stream<Event>>,
  ): AsyncGenerator<Event> {
    const watcher = seen.nameOf(request);
    see(seen.opened(watcher, request));
    let reason = "LEFT";
    try {
      for await (const event of stream(request, options)) {
        see(seen.event(watcher, event));
        yield event;
      }
      reason = "ENDED";
    } catch (error) {
      reason = toMusterError(error).reason;
      throw error;
    } finally {
      see({ type: "watch-ended", watcher, reason });
    }
  }
  async function* hearProposals(stream: AsyncIterable<WatchResponse>): AsyncGenerator<WatchResponse> {
    for await (const event of stream) {
      if (event.event?.$case === "fillProposed") {
        const { fillId, battleSessionId, newcomers } = event.event.value;
        const playerIds = newcomers.map(({ playerId }) => playerId);
        see({ type: "fill-proposed", node: caller, fillId, battleSessionId, playerIds });
      }
      yield event;
    }
  }
  const ticketEvents: Seen<WatchTicketsResponse> = {
    nameOf: ({ ticketIds = [] }) => [caller, ...ticketIds].join(" "),
    opened: (watcher, { resumeToken, ticketIds = [], playerId, onlooker }) => {
      return { type: "ticket-watch", watcher, resumeToken, ticketIds, playerId, onlooker };
    },
    event: (watcher, event) => ({ type: "ticket-event", watcher, event }),
  };
  const sessionEvents: Seen<WatchSessionsResponse> = {
    nameOf: () => caller,
    opened: (watcher, { resumeToken }) => ({ type: "session-watch", watcher, resumeToken }),
    event: (watcher, event) => ({ type: "session-event", watcher, event }),
  };
  const placementEvents: Seen<WatchPlacementsResponse> = {
    nameOf: () => caller,
    opened: (watcher, { resumeToken }) => ({ type: "placement-watch", watcher, resumeToken }),
    event: (watcher, event) => ({ type: "placement-event", watcher, event }),
  };

  return {
    connect(address, options) {
      const peer = network.connect(address, options);
      return {
        client(definition) {
          const client = peer.client(definition);
          const heard: Record<string, unknown> = { ...client };
          for (const [name, { requestStream, responseStream }] of Object.entries(definition.methods)) {
            const call: unknown = heard[name];
            if (!requestStream && !responseStream && name !== "reportHealth")
              heard[name] = unary(name, call as Parameters<typeof unary>[1]);
            if (name === "startMatchingBatch") heard[name] = batch(call as Parameters<typeof batch>[0]);
            if (name === "watch") {
              const stream = call as (...args: readonly unknown[]) => AsyncIterable<WatchResponse>;
              heard[name] = (...args: readonly unknown[]) => hearProposals(stream(...args));
            }
            if (name === "watchTickets") {
              const stream = call as Stream<WatchTicketsResponse>;
              heard[name] = (...args: Parameters<typeof stream>) => watch(stream, ticketEvents, args);
            }
            if (name === "watchSessions") {
              const stream = call as Stream<WatchSessionsResponse>;
              heard[name] = (...args: Parameters<typeof stream>) => watch(stream, sessionEvents, args);
            }
            if (name === "watchPlacements") {
              const stream = call as Stream<WatchPlacementsResponse>;
              heard[name] = (...args: Parameters<typeof stream>) => watch(stream, placementEvents, args);
            }
          }
          return heard as typeof client;
        },
        [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
      };
    },
  };
}

/** A batch that is answered has an answer for each of its tickets: what is absent is a broken promise, and no checker's matter. */
function outcomeOfStarted(started: StartedTicket | undefined): Outcome {
  if (!started) throw new Error("A batch has an answer for each of its tickets");
  const { ticket, refusal } = started;
  if (!refusal) return { ok: { ticket } };
  return { refused: refusal.reason, text: refusal.message, metadata: refusal.metadata };
}

function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof MusterError)) throw error;
  const { reason, message: text, metadata } = error;
  return UNKNOWN.has(reason) ? { unknown: reason } : { refused: reason, text, metadata };
}
