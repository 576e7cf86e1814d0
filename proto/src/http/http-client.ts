// Calls over HTTP as over any network of ours: the same clients, so that what is tried over gRPC can be tried over HTTP too. Services
// talk gRPC to one another; this is for tests and measurements.
import { once } from "node:events";
import { Agent, type ClientRequest, type IncomingMessage, request as sendRequest } from "node:http";
import { MusterError, readReason, toMusterError } from "../muster-error.ts";
import {
  type CallOptions,
  type Client,
  type MethodDefinition,
  type Network,
  type Peer,
  PROJECT_HEADER,
  type ServiceDefinition,
} from "../rpc/service.ts";
import type { HttpErrorBody } from "./http-error.ts";

type Target = {
  readonly agent: Agent;
  readonly address: string;
  readonly token: string;
  readonly project: string | undefined;
};

/** Addresses are "host:port". Calls that take a stream of requests reject with METHOD_UNKNOWN. */
export const httpNetwork: Network = {
  connect(address, { token = "", project } = {}): Peer {
    const agent = new Agent({ keepAlive: true });
    return {
      client: (definition) => clientOf({ agent, address, token, project }, definition),
      [Symbol.asyncDispose]: async () => agent.destroy(),
    };
  },
};

function clientOf<Definition extends ServiceDefinition>(target: Target, definition: Definition): Client<Definition> {
  const calls = Object.entries(definition.methods).map(([name, method]) => {
    const path = `/${definition.fullName}/${method.name}`;
    if (method.requestStream) return [name, () => refuseStream(path)];
    if (!method.responseStream) return [name, callUnary(target, path, method)];
    return [name, (message: unknown, options?: CallOptions) => readStream(target, { path, method }, message, options)];
  });
  return Object.fromEntries(calls);
}

function callUnary(target: Target, path: string, method: MethodDefinition) {
  return async (message: unknown, { signal, deadlineMs = 10_000 }: CallOptions = {}): Promise<unknown> => {
    const late = AbortSignal.timeout(deadlineMs);
    try {
      const sent = send(target, path, method, message, AbortSignal.any([late, ...(signal ? [signal] : [])]));
      const response = await answerOf(sent);
      return method.responseType.fromJSON?.(JSON.parse(await textOf(response)));
    } catch (error) {
      if (error instanceof MusterError) throw error;
      if (late.aborted) throw new MusterError("DEADLINE_PASSED", `Cannot finish ${path} in ${deadlineMs} ms`);
      throw worldly(error, path);
    }
  };
}

async function* readStream(
  target: Target,
  { path, method }: { readonly path: string; readonly method: MethodDefinition },
  message: unknown,
  { signal }: CallOptions = {},
): AsyncGenerator<unknown> {
  const sent = send(target, path, method, message, signal);
  try {
    for await (const { event, data } of readEvents(await answerOf(sent))) {
      if (event === "error") throw readError(JSON.parse(data));
      if (data !== "") yield method.responseType.fromJSON?.(JSON.parse(data));
    }
  } catch (error) {
    throw worldly(error, path);
  } finally {
    sent.destroy();
  }
}

/** One event of a stream, a comment being one without data. */
async function* readEvents(response: IncomingMessage): AsyncGenerator<{ event: string; data: string }> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8") as AsyncIterable<string>) {
    text += chunk;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const lines = text.slice(0, end).split("\n");
      text = text.slice(end + 2);
      const read = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? "";
      yield { event: read("event"), data: read("data") };
    }
  }
}

function send(
  { agent, address, token, project }: Target,
  path: string,
  method: MethodDefinition,
  message: unknown,
  signal: AbortSignal | undefined,
): ClientRequest {
  const body = JSON.stringify(method.requestType.toJSON?.(message));
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
    ...(project === undefined ? {} : { [PROJECT_HEADER]: project }),
  };
  const abort = signal === undefined ? {} : { signal };
  const sent = sendRequest(`http://${address}${path}`, { agent, method: "POST", headers, ...abort });
  sent.end(body);
  return sent;
}

/** The answer, if it is a success. */
async function answerOf(sent: ClientRequest): Promise<IncomingMessage> {
  const [response]: [IncomingMessage] = (await once(sent, "response")) as [IncomingMessage];
  if (response.statusCode === 200) return response;
  throw readError(JSON.parse(await textOf(response)));
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8") as AsyncIterable<string>) text += chunk;
  return text;
}

function readError({ reason, status, message, metadata }: HttpErrorBody): MusterError {
  return new MusterError(readReason(reason, status), message, { metadata });
}

function worldly(error: unknown, path: string): MusterError {
  if (error instanceof Error && "code" in error && error.code !== "ABORT_ERR" && !(error instanceof MusterError)) {
    return new MusterError("PEER_UNREACHABLE", `Cannot call ${path} as ${error.message}`, { cause: error });
  }
  return toMusterError(error);
}

function refuseStream(path: string): never {
  throw new MusterError("METHOD_UNKNOWN", `Cannot call ${path} over HTTP as it takes a stream of requests`);
}
