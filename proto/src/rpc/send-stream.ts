// The messages of a stream on their way to a grpc-js call. An object and not an async function: each of ten thousand watchers keeps
// one for as long as it waits.
import { type EventEmitter, once } from "node:events";
import { writeGrpcError } from "./grpc-error.ts";

export type WritableCall = EventEmitter & { write(message: unknown): boolean; end(): void };

type SendOptions = {
  readonly call: WritableCall;
  /** Aborts when the call is over. */
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
};

/** Sends what `open` gives, and then its end, or the error by which it ends. Nobody hears one of a call that is over. */
export function sendStream(open: () => AsyncIterable<unknown>, options: SendOptions): void {
  new Sender(options).begin(open);
}

class Sender {
  readonly #call: WritableCall;
  readonly #signal: AbortSignal;
  readonly #onError: (error: unknown) => void;
  #messages: AsyncIterator<unknown> | undefined;

  constructor({ call, signal, onError }: SendOptions) {
    this.#call = call;
    this.#signal = signal;
    this.#onError = onError;
  }

  begin(open: () => AsyncIterable<unknown>): void {
    try {
      this.#messages = open()[Symbol.asyncIterator]();
      this.#read();
    } catch (error) {
      this.#fail(error);
    }
  }

  #read(): void {
    this.#messages?.next().then(this.#take, this.#fail);
  }

  readonly #take = (result: IteratorResult<unknown>): void => {
    try {
      this.#write(result);
    } catch (error) {
      this.#leave();
      this.#fail(error);
    }
  };

  #write({ done, value }: IteratorResult<unknown>): void {
    if (done === true) this.#call.end();
    else if (this.#signal.aborted) this.#leave();
    // A reader that is slower than its writer makes the writer wait, not the memory grow.
    else if (this.#call.write(value)) this.#read();
    else this.#readWhenDrained();
  }

  #readWhenDrained(): void {
    once(this.#call, "drain", { signal: this.#signal }).then(
      () => this.#read(),
      (error: unknown) => {
        this.#leave();
        this.#fail(error);
      },
    );
  }

  readonly #fail = (error: unknown): void => {
    if (this.#signal.aborted) return; // The caller is gone: nobody hears why.
    this.#onError(error);
    this.#call.emit("error", writeGrpcError(error));
  };

  #leave(): void {
    this.#messages?.return?.().catch(this.#fail);
  }
}
