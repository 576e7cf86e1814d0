// How one request with events leaves the matcher. The adapter for HTTP is got-poster.ts.

export type EventRequest = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How much of the answer's body is read, in bytes. Default: nothing of it is kept. */
  readonly answerBytesMax?: number;
};

export type EventAnswer = {
  /** HTTP status, 100..599. Redirects are not followed. */
  readonly status: number;
  /** What the receiver asks for by Retry-After, in ms; undefined: nothing. */
  readonly retryAfterMs: number | undefined;
  /** Where it was asked for. */
  readonly body?: string;
};

/** The URL or the address that its host leads to is not one that events may go to. */
export class UrlRefused extends Error {
  override readonly name = "UrlRefused";
}

export interface Poster {
  /** Whether events may go to the URL, as far as the URL itself tells. @throws {UrlRefused} */
  check(url: string): void;
  /**
   * The answer to a request that may have been sent more than once.
   *
   * @throws if there is none within 10 s: Error with a message that tells why; {UrlRefused}.
   */
  post(request: EventRequest, signal: AbortSignal): Promise<EventAnswer>;
}
