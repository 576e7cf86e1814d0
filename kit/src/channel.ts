// A queue between one writer and one reader, read with `for await`. What every stream of messages here runs through.

export interface Channel<Item> extends AsyncIterable<Item> {
  /** Queues `item`. Answers false, and drops it, once the channel is closed. */
  push(item: Item): boolean;
  /** Lets the reader finish what is queued and then end, with `error` if there is one. A second call changes nothing. */
  close(error?: unknown): void;
  /** Items queued and not read yet: what a writer compares with its limit. */
  readonly size: number;
  readonly closed: boolean;
}

/** An open channel. It is read once; a reader that stops early closes it. */
export function createChannel<Item>(): Channel<Item> {
  let items: Item[] = [];
  let head = 0;
  let closed = false;
  let failure: unknown;
  let wake: (() => void) | undefined;

  const close = (error?: unknown) => {
    if (closed) return;
    closed = true;
    failure = error;
    wake?.();
  };

  return {
    push(item) {
      if (closed) return false;
      items.push(item);
      wake?.();
      return true;
    },
    close,
    get size() {
      return items.length - head;
    },
    get closed() {
      return closed;
    },
    async *[Symbol.asyncIterator]() {
      try {
        for (;;) {
          while (head < items.length) {
            const item = items[head] as Item;
            head += 1;
            if (head === items.length) {
              items = [];
              head = 0;
            }
            yield item;
          }
          if (closed) {
            if (failure !== undefined) throw failure;
            return;
          }
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          wake = undefined;
        }
      } finally {
        close();
        items = [];
        head = 0;
      }
    },
  };
}
