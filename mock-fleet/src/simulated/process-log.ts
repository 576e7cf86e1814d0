// What a simulated process has printed: its last lines, in memory, for whoever asks.

/** Lines kept of one process. */
const LINES_MAX = 100;

export interface ProcessLog {
  write(text: string): void;
  /** The last `tailBytes` of what is kept (0: all), then, with `follow`, what is written until `close`. */
  read(
    options: { readonly tailBytes: number; readonly follow: boolean },
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array>;
  /** The process is gone: whoever follows has read all. */
  close(): void;
}

export function createProcessLog(): ProcessLog {
  const lines: string[] = [];
  /** Of the line that comes next. */
  let next = 0;
  let closed = false;
  let news = Promise.withResolvers<void>();
  const wake = () => {
    news.resolve();
    news = Promise.withResolvers();
  };
  const since = (from: number) => lines.slice(Math.max(0, lines.length - (next - from))).join("");

  return {
    write(text) {
      lines.push(`${text}\n`);
      if (lines.length > LINES_MAX) lines.shift();
      next += 1;
      wake();
    },
    async *read({ tailBytes, follow }, signal) {
      let read = next;
      const kept = new TextEncoder().encode(since(next - lines.length));
      if (kept.length > 0) yield tailBytes === 0 ? kept : kept.slice(-tailBytes);
      const stopped = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      while (follow && !closed && !signal.aborted) {
        await Promise.race([news.promise, stopped]);
        const more = since(read);
        read = next;
        if (more !== "") yield new TextEncoder().encode(more);
      }
    },
    close() {
      closed = true;
      wake();
    },
  };
}
