// The same calls without sockets: messages are encoded, wait as long as the weather says, and meet the same handlers. Links
// can be cut, messages lost and nodes taken down, so that a simulation can do to services what a data centre does.
import { abortError, type Clock, isAbortError, type Random } from "@muster/kit";
import { CALL_DEADLINE_MS_DEFAULT } from "../limits.ts";
import { MusterError, toMusterError } from "../muster-error.ts";
import { createMemoryStream, type MemoryStream } from "./memory-stream.ts";
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
import type { Fate, Frame, Weather } from "./weather.ts";

export type MemoryNetworkOptions = {
  readonly clock: Clock;
  readonly random: Random;
  /** Longest wait of a message on a link, in ms, drawn evenly from 0. Default 0: the next turn. */
  readonly delayMsMax?: number;
  /** What becomes of each message. Default: it arrives, after a delay as above. */
  readonly weather?: Weather;
  /** Runs what reaches a node. A simulation keeps it back while the node stands still. Default: at once. */
  readonly arrive?: (node: string, run: () => void) => void;
};

export interface MemoryNetwork {
  /** The network as `node` sees it. */
  from(node: string): Network;
  /**
   * Answers calls to `address` as `node`, by default of that name. One server an address: a later one takes its place.
   * Disposing it, or `breakNode`, breaks its open calls.
   */
  serve(address: string, services: readonly Implementation[], node?: string): Listening;
  /** Breaks every open call of the node, as its death does, and fails those that it still makes until it serves again. */
  breakNode(node: string): void;
  /** Cuts both directions between two nodes: open calls break, new ones fail. */
  cut(link: { readonly a: string; readonly b: string }): void;
  heal(): void;
  /** The weather has changed: what was held is asked about again, in the order in which it came. */
  askAgain(): void;
  /** Calls that have begun and not ended. */
  readonly openCalls: number;
}

type Server = { readonly node: string; readonly services: readonly Implementation[] };
type Method = MethodDefinition & { readonly path: string; readonly service: string; readonly key: string };
/** What a call says of its caller. */
type Says = { readonly token: string; readonly project?: string };
type OpenCall = {
  readonly from: string;
  readonly address: string;
  /** Who answers it: known once the request has arrived. */
  node: string | undefined;
  readonly end: (error?: unknown) => void;
};
/** What the end of a call does at either side. An error tells that it was no orderly one. */
type Sides = { readonly endCaller: (error?: unknown) => void; readonly endServer: (error?: unknown) => void };
type Held = { readonly frame: Frame; readonly go: (fate: Fate) => void };

/** Why the signal of a call aborts that has simply ended. One for all: where it ended says nothing. */
const ENDED = abortError("The call has ended");

/** A network in which nobody listens yet. Its random and clock alone decide the order of messages. */
export function createMemoryNetwork(options: MemoryNetworkOptions): MemoryNetwork {
  const { clock, random, delayMsMax = 0 } = options;
  const { weather = () => ({ delayMs: random.fraction() * delayMsMax }), arrive = (_node, run) => run() } = options;
  const servers = new Map<string, Server>();
  const cuts = new Set<string>();
  const gone = new Set<string>();
  const open = new Set<OpenCall>();
  let held: Held[] = [];
  const linkOf = (a: string, b: string) => (a < b ? `${a} ${b}` : `${b} ${a}`);

  const nodeAt = (address: string) => servers.get(address)?.node ?? address;
  const breakCalls = (concerns: (call: OpenCall) => boolean, why: string) => {
    for (const call of [...open]) if (concerns(call)) call.end(new MusterError("PEER_UNREACHABLE", why));
  };
  const breakNode = (node: string) => {
    for (const [address, server] of servers) if (server.node === node) servers.delete(address);
    gone.add(node);
    const concerns = (call: OpenCall) => call.from === node || (call.node ?? nodeAt(call.address)) === node;
    breakCalls(concerns, `Cannot go on with the call as ${node} is gone`);
  };
  const findServer = (from: string, address: string): Server => {
    const server = servers.get(address);
    const reached = server && !gone.has(from) && (cuts.size === 0 || !cuts.has(linkOf(from, server.node)));
    if (!reached) throw new MusterError("PEER_UNREACHABLE", `Cannot reach ${address} as nobody answers there`);
    return server;
  };
  const findHandler = ({ services, node }: Server, method: Method): AnyHandler => {
    const service = services.find((one) => one.definition.fullName === method.service);
    const handler = service?.handlers[method.key];
    if (handler) return handler;
    throw new MusterError("METHOD_UNKNOWN", `Cannot call ${method.service}.${method.key} as ${node} has none`);
  };

  /** Lets the weather decide when, and whether, `run` happens at the frame's receiver; `fail` hears that it never will. */
  const send = (frame: Frame, run: () => void, fail: (why: "lost" | "broken") => void) => {
    const go = (fate: Fate) => {
      if (fate === "held") return void held.push({ frame, go });
      if (fate === "lost" || fate === "broken") return fail(fate);
      const deliver = () => arrive(frame.to, run);
      void clock.sleep(fate.delayMs).then(deliver);
      if (fate.againAfterMs !== undefined) void clock.sleep(fate.againAfterMs).then(deliver);
    };
    go(weather(frame));
  };
  const connectionBroke = (to: string) =>
    new MusterError("PEER_UNREACHABLE", `Cannot go on with the call as the connection to ${to} broke`);

  /** Registers a call, with its deadline and the signal that calls it off. Each side hears of its end once. */
  const begin = (from: string, address: string, options: CallOptions, sides: Sides): OpenCall => {
    const { signal, deadlineMs } = options;
    const timer = deadlineMs === undefined ? undefined : new AbortController();
    const call: OpenCall = {
      from,
      address,
      node: undefined,
      end(error) {
        if (!open.delete(call)) return;
        timer?.abort(ENDED);
        signal?.removeEventListener("abort", cancel);
        arrive(from, () => sides.endCaller(error));
        arrive(call.node ?? from, () => sides.endServer(error));
      },
    };
    const cancel = () =>
      call.end(new MusterError("CALL_CANCELLED", `Cannot finish the call to ${address} as it was called off`));
    open.add(call);
    if (signal?.aborted) {
      cancel();
      return call;
    }
    signal?.addEventListener("abort", cancel, { once: true });
    if (deadlineMs !== undefined) {
      const passed = () =>
        arrive(from, () =>
          call.end(new MusterError("DEADLINE_PASSED", `Cannot finish the call to ${address} as its deadline passed`)),
        );
      clock.sleep(deadlineMs, timer?.signal).then(passed, ignoreAbort);
    }
    return call;
  };

  const unary = (from: string, address: string, says: Says, method: Method) => {
    const { requestType, responseType, path } = method;
    return (input: unknown, callOptions: CallOptions = {}): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const controller = new AbortController();
        const context = { signal: controller.signal, ...says, peer: from };
        const whole = { deadlineMs: CALL_DEADLINE_MS_DEFAULT, ...callOptions };
        const call = begin(from, address, whole, {
          endCaller: (error) => error !== undefined && reject(error),
          endServer: (error) => error !== undefined && controller.abort(error),
        });
        if (!open.has(call)) return; // Called off before it began.
        const request = requestType.encode(input).finish();
        const reply = (error: unknown, message: unknown) => {
          const answer = error === undefined ? responseType.encode(message).finish() : undefined;
          const frame: Frame = { from: nodeAt(address), to: from, method: path, part: "response", message };
          const finish = () => {
            if (!open.has(call)) return;
            if (answer) resolve(responseType.decode(answer));
            call.end(answer ? undefined : toMusterError(error));
          };
          send(frame, finish, (why) => why === "broken" && call.end(connectionBroke(address)));
        };
        const handle = () => {
          // Even if the caller has gone meanwhile: what was sent is on its way, and may do its work.
          try {
            const server = findServer(from, address);
            call.node = server.node;
            const answer: Promise<unknown> = findHandler(server, method)(requestType.decode(request), context);
            answer.then(
              (message) => reply(undefined, message),
              (error) => reply(error, undefined),
            );
          } catch (error) {
            call.end(toMusterError(error));
          }
        };
        const frame: Frame = { from, to: nodeAt(address), method: path, part: "request", message: input };
        send(frame, handle, (why) => why === "broken" && call.end(connectionBroke(address)));
      });
  };

  type Direction = { readonly from: string; readonly to: string; readonly method: string };

  /** Carries what `source` yields to `sink`, in order. */
  const carry = (
    source: AsyncIterable<unknown>,
    sink: MemoryStream,
    way: Direction,
    copy: (message: unknown) => () => unknown,
    ended: (error?: unknown) => void,
  ) => {
    const messages = source[Symbol.asyncIterator]();
    /** Set out and not arrived, in order: each arrival hands over the first, whichever message it was drawn for. */
    const underWay: (() => void)[] = [];
    const arriveNext = () => underWay.shift()?.();
    const breakOff = () => ended(connectionBroke(way.to));
    const depart = (frame: Frame, run: () => void) => {
      underWay.push(run);
      send(frame, arriveNext, breakOff);
    };
    const end = (error?: unknown) => {
      depart({ ...way, part: "end", message: error }, () => {
        sink.close(error);
        ended(error);
      });
    };
    const fail = (error: unknown) => end(toMusterError(error));
    const take = ({ done, value: message }: IteratorResult<unknown>) => {
      if (done) return end();
      if (sink.closed) return void messages.return?.().then(undefined, ignoreLate);
      const arrived = copy(message);
      depart({ ...way, part: "message", message }, () => sink.arrive(arrived()));
      const room = sink.departed();
      if (room) void room.then(step);
      else step();
    };
    const step = () => void messages.next().then(take).then(undefined, fail);
    step();
  };

  const stream = (from: string, address: string, says: Says, method: Method) => {
    const { requestType, responseType, path, requestStream } = method;
    const copyRequest = (message: unknown) => {
      const bytes = requestType.encode(message).finish();
      return () => requestType.decode(bytes);
    };
    const copyResponse = (message: unknown) => {
      const bytes = responseType.encode(message).finish();
      return () => responseType.decode(bytes);
    };
    return (input: unknown, callOptions: CallOptions = {}): AsyncIterable<unknown> => {
      const controller = new AbortController();
      const responses = createMemoryStream(() => call.end());
      const requests = createMemoryStream(() => undefined);
      const call = begin(from, address, callOptions, {
        endCaller: responses.close,
        endServer(error) {
          controller.abort(error ?? ENDED);
          requests.close(error);
        },
      });
      const handle = (arrived: unknown) => {
        // No transport opens a stream twice: whoever reads would hear two of them at once.
        if (!open.has(call) || call.node !== undefined) return;
        try {
          const server = findServer(from, address);
          call.node = server.node;
          const handler = findHandler(server, method);
          const { node } = server;
          const context = { signal: controller.signal, ...says, peer: from };
          const ignoreEnd = (error?: unknown) => error !== undefined && call.end(error);
          const way = { from, to: node, method: path };
          if (requestStream) {
            carry(input as AsyncIterable<unknown>, requests, way, copyRequest, ignoreEnd);
          }
          const answer = handler(requestStream ? requests.messages : arrived, context) as AsyncIterable<unknown>;
          carry(answer, responses, { from: node, to: from, method: path }, copyResponse, call.end);
        } catch (error) {
          call.end(toMusterError(error));
        }
      };
      // The first frame opens the call; with one request it is that.
      const first = requestStream ? undefined : copyRequest(input);
      const frame: Frame = { from, to: nodeAt(address), method: path, part: "request", message: input };
      if (open.has(call)) {
        send(
          frame,
          () => handle(first?.()),
          () => call.end(connectionBroke(address)),
        );
      }
      return responses.messages;
    };
  };

  return {
    from: (node) => ({
      connect: (address, { token = "", project } = {}) => ({
        client: (definition) => {
          const calls: Record<string, unknown> = {};
          const says: Says = { token, ...(project === undefined ? {} : { project }) };
          for (const [key, definitionOfMethod] of Object.entries(definition.methods)) {
            const method = { ...definitionOfMethod, key, service: definition.fullName, path: pathOf(definition, key) };
            const streams = method.requestStream || method.responseStream;
            calls[key] = streams ? stream(node, address, says, method) : unary(node, address, says, method);
          }
          return calls as Client<typeof definition>;
        },
        async [Symbol.asyncDispose]() {
          // Nothing is held open between calls.
        },
      }),
    }),
    serve(address, services, node = address) {
      const server = { node, services };
      servers.set(address, server);
      gone.delete(node);
      return {
        address,
        async [Symbol.asyncDispose]() {
          breakNode(node);
        },
      };
    },
    breakNode,
    cut({ a, b }) {
      cuts.add(linkOf(a, b));
      const concerns = (call: OpenCall) => linkOf(call.from, call.node ?? nodeAt(call.address)) === linkOf(a, b);
      breakCalls(concerns, `Cannot go on as the link ${a} to ${b} is cut`);
    },
    heal: () => cuts.clear(),
    askAgain() {
      const waiting = held;
      held = [];
      for (const { frame, go } of waiting) go(weather(frame));
    },
    get openCalls() {
      return open.size;
    },
  };
}

function pathOf({ fullName }: ServiceDefinition, key: string): string {
  return `${fullName.slice(fullName.lastIndexOf(".") + 1)}.${key}`;
}

/** Of a source whose stream has ended: nobody is there to hear of its error. */
function ignoreLate(): void {
  // As a handler's error after its caller has gone.
}

function ignoreAbort(error: unknown): void {
  if (!isAbortError(error)) throw error;
}
