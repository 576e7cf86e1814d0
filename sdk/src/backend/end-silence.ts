// When a stream of the matcher is over that nobody has ended: it broke, or has said nothing for too long.
import { type Clock, isAbortError } from "@muster/kit";
import type { MusterError } from "@muster/proto";

/** Heartbeats come every few seconds: after so long without any, the stream is dead whatever the socket says. */
export const SILENCE_MAX_MS = 20_000;

/** A break of the connection rather than an answer. The matcher calls its streams off when it stops. */
export function isBreak(error: MusterError): boolean {
  return error.retry === "backoff" || error.reason === "CALL_CANCELLED";
}

type Silence = { readonly clock: Clock; readonly stream: AbortController };

/** The responses; when none has come for `SILENCE_MAX_MS` the stream is called off, which ends it as broken. */
export async function* endSilence<Response>(
  responses: AsyncIterable<Response>,
  { clock, stream }: Silence,
): AsyncGenerator<Response> {
  let timer = armTimer({ clock, stream });
  try {
    for await (const response of responses) {
      timer.abort(); // A slow reader is not the stream's silence.
      yield response;
      timer = armTimer({ clock, stream });
    }
  } finally {
    timer.abort();
  }
}

function armTimer({ clock, stream }: Silence): AbortController {
  const timer = new AbortController();
  clock.sleep(SILENCE_MAX_MS, timer.signal).then(
    () => stream.abort(),
    (error: unknown) => {
      if (!isAbortError(error)) stream.abort(error);
    },
  );
  return timer;
}
