// A refusal that HTTP has a status of its own for: the verb, the kind of body. Every other error has the status of its code.
import type { MusterError } from "../muster-error.ts";

export class HttpRefusal extends Error {
  override readonly name = "HttpRefusal";
  readonly status: number;
  readonly error: MusterError;
  /** Beside those that every answer has. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, error: MusterError, headers: Readonly<Record<string, string>> = {}) {
    super(error.message, { cause: error });
    this.status = status;
    this.error = error;
    this.headers = headers;
  }
}
