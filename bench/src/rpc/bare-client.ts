// A unary call through grpc-js with nothing of ours in between but the generated messages: what both sides of a comparison
// are called with, and the floor's client where ours goes through the SDK.
import { credentials, Client as GrpcClient, Metadata } from "@grpc/grpc-js";
import { systemClock } from "@muster/kit";

/** Every call has a deadline, as a client in earnest gives it one; no answer of a benchmark takes so long. */
const DEADLINE_MS = 10_000;

/** The part of a generated method that a bare call needs. */
export type UnaryMethod<Request, Response> = {
  readonly name: string;
  readonly requestType: { encode(message: Request): { finish(): Uint8Array } };
  readonly responseType: { decode(bytes: Uint8Array): Response };
};

export interface BareClient extends Disposable {
  /** A function that calls the method of `service` ("muster.sdk.v1.GameServerService") and resolves with its answer. */
  unary<Request, Response>(
    service: string,
    method: UnaryMethod<Request, Response>,
  ): (request: Request) => Promise<Response>;
}

/** One connection to `address`, opened by the first call. A `token` goes with every call. */
export function connectBare(address: string, { token = "" }: { readonly token?: string } = {}): BareClient {
  const grpc = new GrpcClient(address, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
  return {
    unary: <Request, Response>(service: string, method: UnaryMethod<Request, Response>) => {
      const path = `/${service}/${method.name}`;
      const serialize = (message: Request) => Buffer.from(method.requestType.encode(message).finish());
      const deserialize = (bytes: Buffer) => method.responseType.decode(bytes);
      return (request: Request) =>
        new Promise<Response>((resolve, reject) => {
          const options = { deadline: systemClock.wallMs() + DEADLINE_MS };
          const metadata = new Metadata();
          if (token !== "") metadata.set("authorization", `Bearer ${token}`);
          grpc.makeUnaryRequest(path, serialize, deserialize, request, metadata, options, (error, response) => {
            if (error) reject(error);
            else if (response === undefined) reject(new Error(`Cannot read the answer of ${path}: it is missing`));
            else resolve(response);
          });
        });
    },
    [Symbol.dispose]: () => grpc.close(),
  };
}
