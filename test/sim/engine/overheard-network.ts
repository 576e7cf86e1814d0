// A caller's network with an ear in it: every unary call and what the caller was told, and the streams of tickets and
// sessions, as messages of the contract. This is the history that outside checkers judge.
import { MusterError, toMusterError } from "@muster/proto";
import type { WatchSessionsResponse } from "@muster/proto/fleet";
import type { WatchTicketsResponse } from "@muster/proto/matchmaking";
import type { Network } from "@muster/proto/rpc";
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

type WatchRequest = { readonly resumeToken: string; readonly ticketIds?: readonly string[] };
type Stream<Event> = (request: WatchRequest, options?: object) => AsyncIterable<Event>;

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
  async function* watch<Event>(
    stream: Stream<Event>,
    seen: { readonly opened: (resumeToken: string) => void; readonly event: (event: Event) => void },
    [request, options]: Parameters<Stream<Event>>,
  ): AsyncGenerator<Event> {
    seen.opened(request.resumeToken);
    let reason = "LEFT";
    try {
      for await (const event of stream(request, options)) {
        seen.event(event);
        yield event;
      }
      reason = "ENDED";
    } catch (error) {
      reason = toMusterError(error).reason;
      throw error;
    } finally {
      see({ type: "watch-ended", watcher: caller, reason });
    }
  }
  const ticketEvents = {
    opened: (resumeToken: string) => see({ type: "ticket-watch", watcher: caller, resumeToken }),
    event: (event: WatchTicketsResponse) => see({ type: "ticket-event", watcher: caller, event }),
  };
  const sessionEvents = {
    opened: (resumeToken: string) => see({ type: "session-watch", watcher: caller, resumeToken }),
    event: (event: WatchSessionsResponse) => see({ type: "session-event", watcher: caller, event }),
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
            if (name === "watchTickets") {
              const stream = call as Stream<WatchTicketsResponse>;
              // Who names tickets follows those alone: the history is that of those who follow all.
              heard[name] = (...args: Parameters<typeof stream>) =>
                args[0].ticketIds?.length ? stream(...args) : watch(stream, ticketEvents, args);
            }
            if (name === "watchSessions") {
              const stream = call as Stream<WatchSessionsResponse>;
              heard[name] = (...args: Parameters<typeof stream>) => watch(stream, sessionEvents, args);
            }
          }
          return heard as typeof client;
        },
        [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
      };
    },
  };
}

function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof MusterError)) throw error;
  const { reason, message: text, metadata } = error;
  return UNKNOWN.has(reason) ? { unknown: reason } : { refused: reason, text, metadata };
}
