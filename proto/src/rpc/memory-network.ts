// The same calls without sockets: messages are encoded, wait as long as the link says, and meet the same handlers. Links
// can be cut and nodes taken down, so that a simulation can do to services what a data centre does.
import { type Channel, type Clock, createChannel, isAbortError, type Random } from "@muster/kit";
import { CALL_DEADLINE_MS_DEFAULT } from "../limits.ts";
import { MusterError, toMusterError } from "../muster-error.ts";
import type {
  AnyHandler,
  CallOptions,
  Client,
  Implementation,
  Listening,
  MethodDefinition,
  Network,
  ServiceDefinition,
} from "./service.ts";

export type MemoryNetworkOptions = {
  readonly clock: Clock;
  readonly random: Random;
  /** Longest wait of a message on a link, in ms, drawn evenly from 0. Default 0: the next turn. */
  readonly delayMsMax?: number;
};

export interface MemoryNetwork {
  /** The network as `node` sees it. */
  from(node: string): Network;
  /** Answers calls to `node`. One server a node; disposing it, or `breakNode`, breaks its open calls. */
  serve(node: string, services: readonly Implementation[]): Listening;
  /** Breaks every open call of the node, as its death does, and fails those that it still makes until it serves again. */
  breakNode(node: string): void;
  /** Cuts both directions between two nodes: open calls break, new ones fail. */
  cut(link: { readonly a: string; readonly b: string }): void;
  heal(): void;
}

type OpenCall = { readonly from: string; readonly to: string; readonly break: (error: MusterError) => void };

/** A network in which nobody listens yet. Its random and clock alone decide the order of messages. */
export function createMemoryNetwork(options: MemoryNetworkOptions): MemoryNetwork {
  const { clock, random, delayMsMax = 0 } = options;
  const servers = new Map<string, readonly Implementation[]>();
  const cuts = new Set<string>();
  const gone = new Set<string>();
  const open = new Set<OpenCall>();
  const linkOf = (a: string, b: string) => [a, b].toSorted().join(" ");

  const breakCalls = (concerns: (call: OpenCall) => boolean, why: string) => {
    for (const call of [...open]) if (concerns(call)) call.break(new MusterError("PEER_UNREACHABLE", why));
  };
  const breakNode = (node: string) => {
    servers.delete(node);
    gone.add(node);
    breakCalls((call) => call.from === node || call.to === node, `Cannot go on with the call as ${node} is gone`);
  };
  const findHandler = (from: string, to: string, definition: ServiceDefinition, name: string): AnyHandler => {
    const services = gone.has(from) || cuts.has(linkOf(from, to)) ? undefined : servers.get(to);
    if (!services) throw new MusterError("PEER_UNREACHABLE", `Cannot reach ${to} as nobody answers there`);
    const service = services.find((one) => one.definition.fullName === definition.fullName);
    const handler = service?.handlers[name];
    if (!handler)
      throw new MusterError("METHOD_UNKNOWN", `Cannot call ${definition.fullName}.${name} as ${to} has none`);
    return handler;
  };
  const travel = () => clock.sleep(random.fraction() * delayMsMax);

  /** Carries messages one way, in order, each waiting its delay. */
  const carry = async (source: AsyncIterable<unknown>, sink: Channel<unknown>, copy: (message: unknown) => unknown) => {
    try {
      for await (const message of source) {
        await travel();
        if (!sink.push(copy(message))) return;
      }
      sink.close();
    } catch (error) {
      sink.close(toMusterError(error));
    }
  };

  const start = (from: string, to: string, token: string, definition: ServiceDefinition, name: string) => {
    const method = definition.methods[name] as MethodDefinition;
    const copyRequest = (message: unknown) => method.requestType.decode(method.requestType.encode(message).finish());
    const copyResponse = (message: unknown) => method.responseType.decode(method.responseType.encode(message).finish());

    return (input: unknown, callOptions: CallOptions = {}): Channel<unknown> => {
      const responses = createChannel<unknown>();
      const requests = createChannel<unknown>();
      const controller = new AbortController();
      const end = (error?: unknown) => {
        open.delete(call);
        controller.abort(error);
        requests.close(error);
        responses.close(error);
        callOptions.signal?.removeEventListener("abort", cancel);
      };
      const call: OpenCall = { from, to, break: end };
      const cancel = () =>
        end(new MusterError("CALL_CANCELLED", `Cannot finish the call to ${to} as it was called off`));
      if (callOptions.signal?.aborted) {
        cancel();
        return responses;
      }
      callOptions.signal?.addEventListener("abort", cancel, { once: true });
      open.add(call);
      if (callOptions.deadlineMs !== undefined) {
        const passed = () =>
          end(new MusterError("DEADLINE_PASSED", `Cannot finish the call to ${to} as its deadline passed`));
        clock.sleep(callOptions.deadlineMs, controller.signal).then(passed, ignoreAbort);
      }
      const run = async () => {
        await travel();
        const handler = findHandler(from, to, definition, name);
        const context = { signal: controller.signal, token, peer: from };
        if (method.requestStream) void carry(input as AsyncIterable<unknown>, requests, copyRequest);
        const answer = handler(method.requestStream ? requests : copyRequest(input), context);
        await carry(method.responseStream ? answer : single(answer), responses, copyResponse);
      };
      run().then(
        () => end(),
        (error) => end(toMusterError(error)),
      );
      return responses;
    };
  };

  return {
    from: (node) => ({
      connect: (address, { token = "" } = {}) => ({
        client: (definition) => {
          const calls: Record<string, unknown> = {};
          for (const [name, method] of Object.entries(definition.methods)) {
            const call = start(node, address, token, definition, name);
            calls[name] = method.responseStream
              ? (input: unknown, callOptions?: CallOptions) => call(input, callOptions)
              : (input: unknown, callOptions?: CallOptions) =>
                  first(call(input, { deadlineMs: CALL_DEADLINE_MS_DEFAULT, ...callOptions }));
          }
          return calls as Client<typeof definition>;
        },
        async [Symbol.asyncDispose]() {
          // Nothing is held open between calls.
        },
      }),
    }),
    serve(node, services) {
      servers.set(node, services);
      gone.delete(node);
      return {
        address: node,
        async [Symbol.asyncDispose]() {
          breakNode(node);
        },
      };
    },
    breakNode,
    cut({ a, b }) {
      cuts.add(linkOf(a, b));
      breakCalls((call) => linkOf(call.from, call.to) === linkOf(a, b), `Cannot go on as the link ${a} to ${b} is cut`);
    },
    heal: () => cuts.clear(),
  };
}

async function* single(answer: Promise<unknown>): AsyncGenerator<unknown> {
  yield await answer;
}

async function first(responses: Channel<unknown>): Promise<unknown> {
  for await (const response of responses) return response;
  throw new MusterError("INTERNAL_FAULT", "Cannot answer the call as its handler ended without a response");
}

function ignoreAbort(error: unknown): void {
  if (!isAbortError(error)) throw error;
}
