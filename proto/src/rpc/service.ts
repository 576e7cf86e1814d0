// The seam of every contract: a handler is `(request, context) → response`, a client is an object of functions. gRPC and
// the in-memory network are adapters at this seam, so that the same handlers run over sockets and in a simulation.
import type { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import type { MusterError } from "../muster-error.ts";
import type { Caller } from "./caller.ts";

/** What a generated message brings to be put on a wire and taken off it. */
export type MessageType<Message> = {
  encode(message: Message, writer?: BinaryWriter): { finish(): Uint8Array };
  decode(bytes: Uint8Array | BinaryReader): Message;
  /** Absent: the message has no form in JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: the generated code takes anything, and json-message.ts sees to it.
  fromJSON?(json: any): Message;
  toJSON?(message: Message): unknown;
};

/** One method of a generated service definition. */
export type MethodDefinition = {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: the generated definition fixes the type; this only says that there is one.
  readonly requestType: MessageType<any>;
  readonly requestStream: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly responseType: MessageType<any>;
  readonly responseStream: boolean;
};

/** A generated service definition, such as `FleetServiceDefinition`. */
export type ServiceDefinition = {
  readonly fullName: string;
  readonly methods: Readonly<Record<string, MethodDefinition>>;
};

type MessageOf<Type> = Type extends { decode(...args: never[]): infer Message } ? Message : never;
export type RequestOf<Method extends MethodDefinition> = MessageOf<Method["requestType"]>;
export type ResponseOf<Method extends MethodDefinition> = MessageOf<Method["responseType"]>;

/** What a handler may know of its caller. Some of it is found out when it is asked for: a spread copy of it would lack that. */
export type CallContext = {
  /** Aborts when the caller goes away or its deadline passes. */
  readonly signal: AbortSignal;
  /** The bearer token of the call. Empty if it has none. A secret. */
  readonly token: string;
  /** Where the caller is, for logs and limits: "127.0.0.1:4711", a node's name, "unix". */
  readonly peer: string;
  /** Common name of the certificate that the caller has proven to hold: "matcher-1". Absent: it showed none that counts. */
  readonly certificate?: string | undefined;
  /** The project that the caller says it speaks for, by the header `muster-project`. Absent: it says none. Not checked yet. */
  readonly project?: string | undefined;
  /** Who calls, set by whoever checks it before the handler. Absent: nobody is asked, and everybody may do everything. */
  readonly caller?: Caller | undefined;
  /**
   * Takes one of each player's rate, for calls that bring many requests: why they come too often, if they do, or nothing. Absent: no
   * rate counts.
   */
  readonly admitPlayers?: ((playerIds: readonly string[]) => MusterError | undefined) | undefined;
};

/** What a caller may say beside its request. */
export type CallOptions = {
  /** Calls it off: the call rejects with CALL_CANCELLED, a stream ends with it. */
  readonly signal?: AbortSignal;
  /** Milliseconds until the call rejects with DEADLINE_PASSED. Unary default 10,000; streams have none unless said. */
  readonly deadlineMs?: number;
};

export type Handler<Method extends MethodDefinition> = Method["requestStream"] extends true
  ? (requests: AsyncIterable<RequestOf<Method>>, context: CallContext) => AsyncIterable<ResponseOf<Method>>
  : Method["responseStream"] extends true
    ? (request: RequestOf<Method>, context: CallContext) => AsyncIterable<ResponseOf<Method>>
    : (request: RequestOf<Method>, context: CallContext) => Promise<ResponseOf<Method>>;

/** One function for each method of the service. Client streams answer as streams too, so that there are three forms only. */
export type Handlers<Definition extends ServiceDefinition> = {
  readonly [Name in keyof Definition["methods"]]: Handler<Definition["methods"][Name]>;
};

export type ClientCall<Method extends MethodDefinition> = Method["requestStream"] extends true
  ? (requests: AsyncIterable<RequestOf<Method>>, options?: CallOptions) => AsyncIterable<ResponseOf<Method>>
  : Method["responseStream"] extends true
    ? (request: RequestOf<Method>, options?: CallOptions) => AsyncIterable<ResponseOf<Method>>
    : (request: RequestOf<Method>, options?: CallOptions) => Promise<ResponseOf<Method>>;

/** The service as its caller sees it. Every call rejects with a `MusterError`. */
export type Client<Definition extends ServiceDefinition> = {
  readonly [Name in keyof Definition["methods"]]: ClientCall<Definition["methods"][Name]>;
};

// biome-ignore lint/suspicious/noExplicitAny: adapters move messages of every type; `implement` and `client` are typed.
export type AnyHandler = (request: any, context: CallContext) => any;

/**
 * How a stream is named, message by message, for callers whose library keeps the last name and brings it back, as that of
 * server-sent events does.
 */
export type StreamResume<Request, Response> = {
  /** The request that goes on after the place of that name. @throws {MusterError} FIELD_INVALID for a name that is none. */
  after(request: Request, place: string): Request;
  /** Gives each message of a stream its name, in their order. Undefined: the one before still holds. */
  follow(request: Request): (response: Response) => string | undefined;
};

export type StreamResumes<Definition extends ServiceDefinition> = {
  readonly [Name in keyof Definition["methods"]]?: StreamResume<
    RequestOf<Definition["methods"][Name]>,
    ResponseOf<Definition["methods"][Name]>
  >;
};

/** A service definition with its handlers: what a server is given. */
export type Implementation = {
  readonly definition: ServiceDefinition;
  readonly handlers: Readonly<Record<string, AnyHandler>>;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly resumes?: Readonly<Record<string, StreamResume<any, any> | undefined>>;
};

/** Binds handlers to their definition; a missing or ill-typed one does not compile. */
export function implement<Definition extends ServiceDefinition>(
  definition: Definition,
  handlers: Handlers<Definition>,
  resumes: StreamResumes<Definition> = {},
): Implementation {
  return { definition, handlers: handlers as Implementation["handlers"], resumes };
}

/** A connection to one address, opened on first use and again after it broke. */
export interface Peer extends AsyncDisposable {
  client<Definition extends ServiceDefinition>(definition: Definition): Client<Definition>;
}

export type ConnectOptions = {
  /** A secret. Default: none. */
  readonly token?: string;
  /** The project that the calls speak for. Default: that of the token. */
  readonly project?: string | undefined;
};

/** The header, and gRPC metadata, of `project`. */
export const PROJECT_HEADER = "muster-project";

/** How a service reaches others: over sockets, or inside a simulation. */
export interface Network {
  /** Never fails by itself: a call through it does, with PEER_UNREACHABLE. What is said here goes with every call. */
  connect(address: string, options?: ConnectOptions): Peer;
}

/** The path that gRPC knows the method by. */
export function methodPath(definition: ServiceDefinition, method: MethodDefinition): string {
  return `/${definition.fullName}/${method.name}`;
}

/** A server that listens. Disposing lets calls end for a moment, then breaks them. */
export interface Listening extends AsyncDisposable {
  /** As others connect to it, with the port that the machine chose if none was asked for. */
  readonly address: string;
}
