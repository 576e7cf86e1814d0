// The body of a request as text, up to a limit: a client that sends more, or nothing at all, holds no memory.
import type { IncomingMessage } from "node:http";
import { RequestError } from "./core/request-error.ts";

/** Every body of this API is far smaller. */
export const BODY_BYTES_MAX = 4_096;

/** @throws {RequestError} BODY_TOO_LARGE above the limit, BODY_INVALID if it is no UTF-8 or breaks off. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // The connection must outlive a refusal, or the client never reads why.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > BODY_BYTES_MAX) {
        const message = `Cannot read a body of more than ${BODY_BYTES_MAX} bytes: there are ${bytes} already`;
        throw new RequestError("BODY_TOO_LARGE", message);
      }
      chunks.push(chunk);
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    if (error instanceof RequestError) throw error;
    throw new RequestError("BODY_INVALID", "Cannot read the body as UTF-8: it breaks off, or has other bytes");
  }
}
