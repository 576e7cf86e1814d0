// What a handler may know of its gRPC call, each found out when it is asked for: most handlers ask for little of it, and most calls are short.
import type { PeerCertificate } from "node:tls";
import type { Metadata } from "@grpc/grpc-js";
import { commonNameOf } from "../tls/tls-source.ts";
import { type CallContext, PROJECT_HEADER } from "./service.ts";

export type ServerCall = {
  readonly metadata: Metadata;
  getAuthContext(): { readonly sslPeerCertificate?: PeerCertificate };
  getPeer(): string;
  on(event: "cancelled", listener: () => void): unknown;
};

export class GrpcCallContext implements CallContext {
  readonly token: string;
  readonly project: string | undefined;
  readonly #call: ServerCall;
  #controller: AbortController | undefined;
  #ended: { readonly reason: unknown } | undefined;

  constructor(call: ServerCall) {
    this.#call = call;
    const [authorization = ""] = call.metadata.get("authorization");
    this.token = /^Bearer (.+)$/.exec(authorization.toString())?.[1] ?? "";
    this.project = call.metadata.get(PROJECT_HEADER)[0]?.toString();
  }

  get peer(): string {
    return this.#call.getPeer();
  }

  /** Only of callers whom an authority of ours vouches for: grpc-js has looked. */
  get certificate(): string | undefined {
    return commonNameOf(this.#call.getAuthContext().sslPeerCertificate);
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#ended) this.#controller.abort(this.#ended.reason);
    }
    return this.#controller.signal;
  }

  /** Aborts the signal, also for whoever asks for it later. What comes after the first changes nothing. */
  end(reason: unknown): void {
    this.#ended ??= { reason };
    this.#controller?.abort(reason);
  }
}
