// What the in-memory network asks before it carries anything: a simulation answers with delays, losses and standstills.

/** One message, as it is about to leave. */
export type Frame = {
  /** The node that sends it. */
  readonly from: string;
  /** The node that it is for, or its address while nobody answers there. */
  readonly to: string;
  /** As in "FleetService.startPlacement". */
  readonly method: string;
  /** What it is of its call: a unary request or its response, or a message or the end of a stream's direction. */
  readonly part: "request" | "response" | "message" | "end";
  /** For a story. Not to be kept: messages are large. */
  readonly message: unknown;
};

export type Fate =
  /** It arrives after the delay, `again` also after that one, as where a transport repeats a unary request. Streams are opened once and keep their order. */
  | { readonly delayMs: number; readonly againAfterMs?: number }
  /** It waits, and what follows it on a stream with it, until `MemoryNetwork.askAgain`. */
  | "held"
  /** It is gone and nobody is told: the caller's deadline tells. Only for unary calls; a stream breaks. */
  | "lost"
  /** Its connection breaks: both ends of the call hear it at once. */
  | "broken";

export type Weather = (frame: Frame) => Fate;
