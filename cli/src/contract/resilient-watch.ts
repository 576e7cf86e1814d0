// A watch that outlives the service it watches: after a break it resumes where it was, and starts over where the service
// no longer remembers.
import { backoffMs, type Clock, type Random } from "@muster/kit";
import { MusterError } from "@muster/proto";

export type ResilientOptions<Message> = {
  /** Opens the stream, after `resumeToken` ("" the first time). */
  readonly open: (resumeToken: string, signal: AbortSignal) => AsyncIterable<Message>;
  readonly tokenOf: (message: Message) => string;
  readonly clock: Clock;
  readonly random: Random;
  /** How long the service may be away before the watch gives up with its error, in ms. */
  readonly awayMs: number;
  /** Hears that the stream broke, and that it is back. */
  readonly onState?: (state: "broken" | "back") => void;
};

/** Every message, in order; ends when `signal` aborts. */
export async function* watchResiliently<Message>(
  options: ResilientOptions<Message>,
  signal: AbortSignal,
): AsyncGenerator<Message> {
  const { open, tokenOf, clock, random, awayMs, onState = () => undefined } = options;
  let token = "";
  let brokenMs: number | undefined;
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      for await (const message of open(token, signal)) {
        if (brokenMs !== undefined) onState("back");
        brokenMs = undefined;
        attempt = 1;
        token = tokenOf(message) || token;
        yield message;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof MusterError)) throw error;
      // Not called off by us: the service broke its calls as it stopped.
      const isBreak = error.reason === "CALL_CANCELLED";
      if (error.retry === "never" && !isBreak) throw error;
      if (error.reason === "CURSOR_EXPIRED") token = "";
      if (brokenMs !== undefined && clock.nowMs() - brokenMs > awayMs) throw error;
    }
    if (signal.aborted) return;
    if (brokenMs === undefined) onState("broken");
    brokenMs ??= clock.nowMs();
    await clock.sleep(backoffMs(attempt, random, { maxMs: 1_000 }), signal).catch(() => undefined);
  }
}
