// What the process under attack is asked, and what it says of itself.

export type Ask = {
  readonly id: number;
  /** Sees to it that there is a session with a reserved seat. */
  readonly refresh: boolean;
  /** Collects garbage first, so that what is held is what is meant. */
  readonly collect: boolean;
};

/** Since the last probe, where it says how much; else now. */
export type Probe = {
  /** Longest time that the event loop was held, and all processor time that was used, in ms. */
  readonly blockMs: number;
  readonly cpuMs: number;
  /** Mistakes: what nobody caught, what a handler threw that is no refusal, what made a service give up. */
  readonly faults: readonly string[];
  /** Records of the journals so far. What is refused adds none. */
  readonly records: { readonly matcher: number; readonly fleet: number };
  /** What lives at the moment, for words in braces. */
  readonly words: Readonly<Record<string, string>>;
  readonly addresses: Readonly<Record<ServerName, string>>;
  readonly heapBytes: number;
  /** Sockets and timers that are open. */
  readonly handles: number;
};

export type ServerName = "matcher" | "fleet" | "sidecar";
