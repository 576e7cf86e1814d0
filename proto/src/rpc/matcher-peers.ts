// Connections to the matchers that backfill commands go to. Sessions name their matcher by an address of their own, and a matcher
// that moves leaves the old one behind: only the last few are kept.
import type { Network, Peer } from "./service.ts";

/** Matchers that are connected at a time: more than the sessions of one process come from. */
export const MATCHER_PEERS_MAX = 8;

export interface MatcherPeers extends AsyncDisposable {
  /** The connection to the matcher at this address, made on first use. The one that was unused for longest gives way. */
  peerOf(endpoint: string): Peer;
}

/** No connection yet. `token` goes with every call. */
export function createMatcherPeers(network: Network, token = ""): MatcherPeers {
  const peers = new Map<string, Peer>();
  return {
    peerOf(endpoint) {
      const peer = peers.get(endpoint) ?? network.connect(endpoint, { token });
      peers.delete(endpoint);
      peers.set(endpoint, peer);
      const [oldest] = peers;
      if (oldest && peers.size > MATCHER_PEERS_MAX) {
        peers.delete(oldest[0]);
        void oldest[1][Symbol.asyncDispose]();
      }
      return peer;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...peers.values()].map((peer) => peer[Symbol.asyncDispose]()));
      peers.clear();
    },
  };
}
