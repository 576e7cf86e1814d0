// What is said of a region: where game clients measure how far it is. Decisions look at its name alone.

/** What the fleet itself serves in place of a region's far end. Times in ms. */
export type BeaconSpec = {
  readonly bind: string;
  /** What clients are told to measure. */
  readonly host: string;
  /** Of UDP and HTTP both. 0: one that is free. */
  readonly port: number;
  readonly delayMs: number;
  /** Up to so much more, drawn anew for every answer. */
  readonly jitterMs: number;
  /** Of a hundred datagrams, so many are lost. HTTP answers all. */
  readonly lossPercent: number;
};

export type RegionSpec = {
  readonly name: string;
  readonly beacon?: BeaconSpec | undefined;
  /** "host:port" of somebody else's. */
  readonly udpPing?: string | undefined;
  readonly httpPing?: string | undefined;
};
