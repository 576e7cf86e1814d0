// One direction of a call that streams, without a socket: messages in order, a bounded number of them unread, as the flow
// control of HTTP/2 keeps it. A reader that does not read makes its writer wait.
import { createChannel } from "@muster/kit";

/** Messages under way and unread before the writer waits. HTTP/2 counts bytes; a message here has some hundred. */
const UNREAD_MAX = 64;

export interface MemoryStream {
  /** What arrives. It is read once; a reader that stops early closes it. */
  readonly messages: AsyncIterable<unknown>;
  /** Hands over what has arrived, or the end. */
  arrive(message: unknown): void;
  close(error?: unknown): void;
  readonly closed: boolean;
  /** A message sets out. Undefined while there is room for another; else what resolves when there is. */
  departed(): Promise<void> | undefined;
}

/** An empty stream. `left` is called when its reader stops, at the end or before. */
export function createMemoryStream(left: () => void): MemoryStream {
  const channel = createChannel<unknown>();
  const source = channel[Symbol.asyncIterator]();
  let unread = 0;
  let goOn: (() => void) | undefined;
  const makeRoom = () => {
    goOn?.();
    goOn = undefined;
  };
  const reader: AsyncIterator<unknown> = {
    next() {
      unread -= 1;
      makeRoom();
      return source.next();
    },
    async return() {
      await source.return?.();
      makeRoom();
      left();
      return { done: true, value: undefined };
    },
  };
  return {
    messages: { [Symbol.asyncIterator]: () => reader },
    arrive: (message) => void channel.push(message),
    close(error) {
      channel.close(error);
      makeRoom();
    },
    get closed() {
      return channel.closed;
    },
    departed() {
      unread += 1;
      if (unread < UNREAD_MAX || channel.closed) return undefined;
      return new Promise((resolve) => {
        goOn = resolve;
      });
    },
  };
}
