import { expect, test } from "vitest";
import { createMatcherPeers, MATCHER_PEERS_MAX } from "./matcher-peers.ts";
import type { Network } from "./service.ts";

/** A network that only notes which connections are open, in the order in which they were made. */
function notingNetwork() {
  const open = new Set<string>();
  const network: Network = {
    connect(address) {
      open.add(address);
      return {
        client: () => {
          throw new Error("nobody calls");
        },
        async [Symbol.asyncDispose]() {
          open.delete(address);
        },
      };
    },
  };
  return { network, open };
}

test("a matcher is connected once, however often it is called", () => {
  const { network } = notingNetwork();
  const peers = createMatcherPeers(network);
  expect(peers.peerOf("a")).toBe(peers.peerOf("a"));
});

test("of endless addresses the last few stay connected, and those that are in use", () => {
  const { network, open } = notingNetwork();
  const peers = createMatcherPeers(network);
  for (let index = 0; index < 100; index += 1) {
    peers.peerOf("in use");
    peers.peerOf(`matcher ${index}`);
  }
  expect(open.size).toBe(MATCHER_PEERS_MAX);
  expect(open).toContain("in use");
  expect(open).toContain("matcher 99");
});

test("nothing stays connected when they are disposed", async () => {
  const { network, open } = notingNetwork();
  const peers = createMatcherPeers(network);
  peers.peerOf("a");
  peers.peerOf("b");
  await peers[Symbol.asyncDispose]();
  expect(open.size).toBe(0);
});
