// What a handler is told of its call once the guard has let it in: what came with the call, and who calls. Looked up when it is asked for, as
// the call's own context does it.
import type { CallContext, Caller } from "@muster/proto/rpc";
import type { KnownCaller } from "./keyring.ts";

export class EnteredContext implements CallContext {
  readonly caller: Caller;
  readonly admitPlayers: CallContext["admitPlayers"];
  readonly #context: CallContext;
  readonly #known: KnownCaller | undefined;
  #signal: AbortSignal | undefined;

  constructor(
    context: CallContext,
    entered: { readonly known: KnownCaller | undefined } & Pick<CallContext, "admitPlayers"> & {
        readonly caller: Caller;
      },
  ) {
    this.#context = context;
    this.#known = entered.known;
    this.caller = entered.caller;
    this.admitPlayers = entered.admitPlayers;
  }

  get token(): string {
    return this.#context.token;
  }
  get peer(): string {
    return this.#context.peer;
  }
  get certificate(): string | undefined {
    return this.#context.certificate;
  }
  get project(): string | undefined {
    return this.#context.project;
  }
  /** Aborts also when the caller's key is revoked. */
  get signal(): AbortSignal {
    const { signal } = this.#context;
    this.#signal ??= this.#known ? AbortSignal.any([signal, this.#known.revoked]) : signal;
    return this.#signal;
  }
}
