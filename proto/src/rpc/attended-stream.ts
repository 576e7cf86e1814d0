// Streams whose end somebody waits for: who counts them, who guards them, who holds something for as long as they run. A generator
// around a generator does that too, but keeps some 700 bytes for each stream that is open; here any number of layers become one.

/** How a stream ended: read to its end, left by its reader, or with an error. */
export type StreamEnd =
  | { readonly type: "READ" }
  | { readonly type: "LEFT" }
  | { readonly type: "FAILED"; readonly error: unknown };

/** Once, when the stream is over. */
export type StreamEnded = (end: StreamEnd) => void;

/**
 * The stream that `open` gives, opened when it is first read. `open` may ask to be told of the end, even of one by an error of its
 * own; whoever asked last is told first. What it gives may be such a stream too: the two become one.
 */
export function attendStream<Message>(
  open: (atEnd: (ended: StreamEnded) => void) => AsyncIterable<Message>,
): AsyncIterableIterator<Message> {
  return new AttendedStream(open);
}

type Opener<Message> = (atEnd: (ended: StreamEnded) => void) => AsyncIterable<Message>;
type Source<Message> = Pick<AsyncIterator<Message>, "next" | "return">;

const OVER: Source<never> = { next: async () => ({ done: true, value: undefined }) };

class AttendedStream<Message> implements AsyncIterableIterator<Message> {
  #open: Opener<Message> | undefined;
  #source: Source<Message> | undefined;
  /** Whom to tell, the last first. Made anew for each: a list that grows has room for seventeen. */
  #ended: readonly StreamEnded[] = [];

  constructor(open: Opener<Message>) {
    this.#open = open;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Message>> {
    try {
      this.#source ??= this.#begin();
      return this.#source.next().then(this.#pass, this.#fail);
    } catch (error) {
      return Promise.resolve(error).then(this.#fail);
    }
  }

  async return(): Promise<IteratorResult<Message>> {
    const source = this.#source;
    this.#source = OVER;
    try {
      await source?.return?.();
    } finally {
      this.#tell({ type: "LEFT" });
    }
    return { done: true, value: undefined };
  }

  #begin(): Source<Message> {
    const atEnd = (ended: StreamEnded) => {
      this.#ended = [ended, ...this.#ended];
    };
    let open = this.#open;
    this.#open = undefined;
    for (;;) {
      const source = open?.(atEnd);
      if (!(source instanceof AttendedStream)) return source?.[Symbol.asyncIterator]() ?? OVER;
      if (!source.#open) return source;
      open = source.#open;
      source.#open = undefined;
    }
  }

  readonly #pass = (result: IteratorResult<Message>): IteratorResult<Message> => {
    if (result.done === true) this.#tell({ type: "READ" });
    return result;
  };

  readonly #fail = (error: unknown): never => {
    this.#source = OVER;
    this.#tell({ type: "FAILED", error });
    throw error;
  };

  #tell(end: StreamEnd): void {
    const all = this.#ended;
    this.#ended = [];
    for (const ended of all) ended(end);
  }
}
