// A queue between one writer and one reader, read with `for await`. What every stream of messages here runs through.

export interface Channel<Item> extends AsyncIterable<Item> {
  /** Queues `item`. Answers false, and drops it, once the channel is closed. */
  push(item: Item): boolean;
  /** Lets the reader finish what is queued and then end, with `error` if there is one. A second call changes nothing. */
  close(error?: unknown): void;
  /** Drops what is queued and ends the reader with `error`: for a reader that does not keep up. No effect once closed. */
  cut(error: unknown): void;
  /** Items queued and not read yet: what a writer compares with its limit. */
  readonly size: number;
  readonly closed: boolean;
}

/** An open channel. It is read once, by one reader that waits for each item; a reader that stops early closes it. */
export function createChannel<Item>(): Channel<Item> {
  let items: Item[] = [];
  let head = 0;
  let closed = false;
  let failure: unknown;
  let waiting: PromiseWithResolvers<IteratorResult<Item, undefined>> | undefined;

  const forget = () => {
    items = [];
    head = 0;
  };
  const end = (): Promise<IteratorResult<Item, undefined>> => {
    const error = failure;
    failure = undefined; // Thrown once: after it the channel has ended.
    return error === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(error);
  };
  const close = (error?: unknown) => {
    if (closed) return;
    closed = true;
    failure = error;
    waiting?.resolve(end());
    waiting = undefined;
  };
  // By hand rather than as an async generator, which waits several turns for each item.
  const iterator: AsyncIterator<Item, undefined> = {
    next() {
      if (head < items.length) {
        const value = items[head] as Item;
        head += 1;
        if (head === items.length) forget();
        return Promise.resolve({ done: false, value });
      }
      if (closed) return end();
      waiting = Promise.withResolvers();
      return waiting.promise;
    },
    async return() {
      close();
      forget();
      return { done: true, value: undefined };
    },
  };

  return {
    push(item) {
      if (closed) return false;
      if (waiting) {
        waiting.resolve({ done: false, value: item });
        waiting = undefined;
      } else items.push(item);
      return true;
    },
    close,
    cut(error) {
      if (closed) return;
      forget();
      close(error);
    },
    get size() {
      return items.length - head;
    },
    get closed() {
      return closed;
    },
    [Symbol.asyncIterator]: () => iterator,
  };
}
