// Hooks by HTTP: asked by POST, signed as pushed events are, and only where events may go as well, judged at each dial.
import type { Clock } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { checkJsonShape } from "@muster/proto/http";
import { type Poster, UrlRefused } from "../events/poster.ts";
import { signatureHeaders } from "../events/sign-request.ts";
import { type HookCall, HookFailed } from "./hook-caller.ts";

/** Bytes of an answer: a ticket's players fit. */
const ANSWER_BYTES_MAX = 1_048_576;

/** The answer of the hook at `url`; undefined: an empty one. @throws {HookFailed} */
export async function callByHttp(
  { id, body }: HookCall,
  hook: { readonly url: string; readonly secret: string },
  {
    poster,
    clock,
    signal,
  }: { readonly poster: Poster; readonly clock: Pick<Clock, "wallMs">; readonly signal: AbortSignal },
): Promise<unknown> {
  const signed = signatureHeaders({ webhookId: id, wallMs: clock.wallMs(), body }, [hook.secret]);
  const headers = { "content-type": "application/json", ...signed };
  const request = { url: hook.url, headers, body, answerBytesMax: ANSWER_BYTES_MAX };
  const answer = await poster.post(request, signal).catch((error: unknown) => {
    if (signal.aborted) throw error;
    const why = error instanceof UrlRefused ? "its URL is refused: " : "";
    throw new HookFailed(`${why}${error instanceof Error ? error.message : String(error)}`, { cause: error });
  });
  if (answer.status < 200 || answer.status > 299) throw new HookFailed(`it answered with status ${answer.status}`);
  const text = answer.body ?? "";
  if (text === "") return undefined;
  try {
    // As of requests: JSON that nests for a megabyte holds everybody up as long as it is parsed.
    checkJsonShape(Buffer.from(text));
    return JSON.parse(text) as unknown;
  } catch (error) {
    const why = error instanceof MusterError ? error.message : "its answer is no JSON";
    throw new HookFailed(why, { cause: error });
  }
}
