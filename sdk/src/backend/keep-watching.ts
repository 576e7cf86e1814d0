// A stream of the matcher as one that does not break: opened again after every break, from where it had got to.
import { backoffMs, type Clock, type Random } from "@muster/kit";
import { MusterError, toMusterError } from "@muster/proto";
import { sleepOrCancel } from "../retry-call.ts";
import { endSilence, isBreak } from "./end-silence.ts";

export type WatchPorts = {
  readonly clock: Clock;
  readonly random: Random;
  /** Ends the watch: the reader's loop ends with CALL_CANCELLED. */
  readonly signal: AbortSignal;
};

export type Watched<Response> = WatchPorts & {
  /** Opens the stream after the place of the token. "": from its beginning. */
  readonly open: (resumeToken: string, signal: AbortSignal) => AsyncIterable<Response>;
  /** Where to begin. */
  readonly resumeToken: string;
  /**
   * Whether a stream whose place is not kept any more begins anew: what it tells first is how all stands, so that nothing is missed. Of
   * others something would be missing, and nobody would know: they end with CURSOR_EXPIRED.
   */
  readonly mayBeginAnew: boolean;
};

/** Every message over any number of breaks; those of a new beginning may have come before. @throws {MusterError} what is no break. */
export async function* keepWatching<Response extends { readonly resumeToken: string }>(
  watched: Watched<Response>,
): AsyncGenerator<Response> {
  const { open, mayBeginAnew, clock, random, signal } = watched;
  let { resumeToken } = watched;
  for (let attempt = 1; ; attempt += 1) {
    const stream = new AbortController();
    try {
      const responses = open(resumeToken, AbortSignal.any([signal, stream.signal]));
      for await (const response of endSilence(responses, { clock, stream })) {
        attempt = 1;
        resumeToken = response.resumeToken || resumeToken;
        yield response;
      }
    } catch (error) {
      const wire = toMusterError(error);
      if (signal.aborted) {
        throw new MusterError("CALL_CANCELLED", "Cannot watch on as the watch was called off", { cause: error });
      }
      if (wire.reason === "CURSOR_EXPIRED" && mayBeginAnew && resumeToken !== "") resumeToken = "";
      else if (!isBreak(wire)) throw wire;
    } finally {
      stream.abort();
    }
    await sleepOrCancel(clock, { waitMs: backoffMs(attempt, random), signal });
  }
}
