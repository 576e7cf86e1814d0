// The receiving end of event push: each event is handled once, in the order in which it comes, and the matcher is answered when that is
// done. What could not be handled comes again.
import type { IncomingMessage, ServerResponse } from "node:http";
import { MusterError } from "@muster/proto";
import type { BackendEvent } from "./event.ts";
import { checkSecrets, type EventRequest, type VerifyOptions, verifyEvents } from "./verify-events.ts";

export type ReceiveOptions = VerifyOptions & {
  /**
   * Handles one event; the matcher hears that it was taken when the promise resolves. If it rejects, the event comes again, and so does
   * what follows it in the same request. Write down what must not be lost: a backend that restarts has forgotten which it has seen.
   */
  readonly onEvent: (event: BackendEvent) => Promise<void> | void;
  /** Hears of what `onEvent` failed with, and of requests that are not the matcher's. Default: nobody does. */
  readonly onFault?: (error: unknown) => void;
  /** Ids of events that are remembered as handled. Default 100,000. */
  readonly rememberedMax?: number;
};

export interface EventReceiver {
  /** The status to answer with: 204 taken, 401 not the matcher's, 400 no event, 500 to be sent again. Never rejects. */
  receive(request: EventRequest): Promise<204 | 400 | 401 | 500>;
  /** The same for a server of `node:http`: reads the request, and answers it. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

const REMEMBERED_DEFAULT = 100_000;
/** Bytes of a request: the matcher sends half a megabyte, or one event of a large battle. */
const BODY_BYTES_MAX = 8 * 1024 * 1024;

/**
 * A receiver of events for an HTTP server of yours.
 *
 * @example
 * const events = receiveEvents({ secrets: [secret], onEvent: (event) => { … } });
 * createServer((request, response) => void events.handle(request, response)).listen(7401);
 */
export function receiveEvents(options: ReceiveOptions): EventReceiver {
  const { onEvent, onFault = () => undefined, rememberedMax = REMEMBERED_DEFAULT } = options;
  checkSecrets(options.secrets);
  /** Handled, or being handled, by id; oldest first. */
  const seen = new Map<string, Promise<void>>();

  const handleOnce = (event: BackendEvent): Promise<void> => {
    const known = seen.get(event.id);
    if (known) return known;
    const handled = (async () => onEvent(event))();
    seen.set(event.id, handled);
    for (const id of seen.keys()) {
      if (seen.size <= rememberedMax) break;
      seen.delete(id);
    }
    return handled.catch((error: unknown) => {
      if (seen.get(event.id) === handled) seen.delete(event.id);
      throw error;
    });
  };
  const receive: EventReceiver["receive"] = async (request) => {
    try {
      for (const event of verifyEvents(request, options)) await handleOnce(event);
      return 204;
    } catch (error) {
      onFault(error);
      if (!(error instanceof MusterError)) return 500;
      if (error.reason === "CREDENTIALS_INVALID") return 401;
      return error.reason === "FIELD_INVALID" ? 400 : 500;
    }
  };
  return {
    receive,
    async handle(request, response) {
      const body = await readBody(request).catch((error: unknown) => {
        onFault(error);
        return undefined; // It hung up, or says more than the matcher does.
      });
      const status = body === undefined ? 400 : await receive({ headers: request.headers, body });
      response.writeHead(status).end();
    },
  };
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new Error(`Cannot read a request of more than ${BODY_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
