// Every call that the game makes, in order, for a test to look at.
import type { Implementation } from "@muster/proto/rpc";

/** A call of the game, tries that were repeated included. */
export type RecordedCall = {
  /** "acceptPlayerSession", "watch", … */
  readonly method: string;
  /** As it was sent. */
  readonly request: Readonly<Record<string, unknown>>;
};

/** The service, with every call written down before it is carried out. */
export function recording(service: Implementation, calls: RecordedCall[]): Implementation {
  const handlers = Object.entries(service.handlers).map(([method, handle]) => [
    method,
    (request: Readonly<Record<string, unknown>>, context: Parameters<typeof handle>[1]) => {
      calls.push({ method, request });
      return handle(request, context);
    },
  ]);
  return { ...service, handlers: Object.fromEntries(handlers) };
}
