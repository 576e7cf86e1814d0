// A caller whose machine is gone: its connection stays open, and nothing comes of it any more.
import { once } from "node:events";
import { connect as connectTcp, createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { BackfillServiceDefinition, DescribeBackfillRequest } from "../messages/matchmaking.ts";
import { grpcNetwork } from "./grpc-client.ts";
import { serveGrpc } from "./grpc-server.ts";
import { type CallContext, implement } from "./service.ts";

/** Carries bytes to `address` and back, until it falls silent: then it takes all that comes, and closes nothing. */
async function openLink(address: string) {
  const sockets: Socket[] = [];
  let isSilent = false;
  const [host = "", port] = address.split(":");
  const relay = createServer((near) => {
    const far = connectTcp({ host, port: Number(port) });
    sockets.push(near, far);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on("data", (bytes) => {
        if (!isSilent) to.write(bytes);
      });
      from.on("error", () => undefined); // One of them is cut off at the end.
    }
  });
  await once(relay.listen(0, "127.0.0.1"), "listening");
  const at = relay.address();
  return {
    address: `127.0.0.1:${typeof at === "object" ? at?.port : ""}`,
    fallSilent() {
      isSilent = true;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => relay.close(resolve));
    },
  };
}

test("serveGrpc() ends the calls of a caller whose machine vanished, and those of nobody else", async () => {
  const calls = new Map<string, CallContext>();
  const arrived = new Map([
    ["gone", Promise.withResolvers<void>()],
    ["here", Promise.withResolvers<void>()],
  ]);
  const never = () => new Promise<never>(() => undefined);
  const service = implement(BackfillServiceDefinition, {
    startBackfill: never,
    cancelBackfill: never,
    describeBackfill({ battleSessionId }, context) {
      calls.set(battleSessionId, context);
      arrived.get(battleSessionId)?.resolve();
      return never();
    },
  });
  await using server = await serveGrpc({
    ...{ bind: "127.0.0.1:0", services: [service], drainMs: 0 },
    ...{ askedMs: 200, answerMsMax: 2_000 },
  });
  await using link = await openLink(server.address);
  await using gone = grpcNetwork.connect(link.address);
  await using here = grpcNetwork.connect(server.address);
  const stop = new AbortController();
  const call = (peer: typeof gone, battleSessionId: string) =>
    peer.client(BackfillServiceDefinition).describeBackfill(DescribeBackfillRequest.create({ battleSessionId }), {
      deadlineMs: 60_000,
      signal: stop.signal,
    });
  const ended = Promise.allSettled([call(gone, "gone"), call(here, "here")]);
  await Promise.all([...arrived.values()].map(({ promise }) => promise));
  link.fallSilent();
  const signal = calls.get("gone")?.signal;
  if (signal?.aborted === false) await once(signal, "abort");
  expect(signal?.aborted).toBe(true);
  expect(calls.get("here")?.signal.aborted).toBe(false);
  stop.abort();
  await ended;
});
