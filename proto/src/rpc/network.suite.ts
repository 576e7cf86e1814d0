// What every network keeps, over sockets and without: run by grpc.test.ts and memory-network.test.ts.
import { describe, expect, test } from "vitest";
import { HostServiceDefinition } from "../messages/fleet.ts";
import { BackfillServiceDefinition } from "../messages/matchmaking.ts";
import { MockFleetServiceDefinition } from "../messages/mockfleet.ts";
import { MusterError } from "../muster-error.ts";
import { type CallContext, type Implementation, implement, type Network } from "./service.ts";

export type NetworkUnderTest = AsyncDisposable & { readonly network: Network; readonly address: string };

/** The suite for networks that `open` makes, each with one server that answers `services`. */
export function describeNetwork(
  name: string,
  open: (services: readonly Implementation[]) => Promise<NetworkUnderTest>,
): void {
  describe(name, () => {
    test("answers a unary call, with the caller's token in the context", async () => {
      await using server = await open(services());
      await using peer = server.network.connect(server.address, { token: "t0ken" });
      const response = await peer.client(BackfillServiceDefinition).describeBackfill(describeRequest);
      expect(response.backfill?.backfillId).toBe("bs_1 t0ken");
    });

    test("tells the handler in which project the caller speaks, if it says one", async () => {
      const seen: (string | undefined)[] = [];
      const describe = async (_: unknown, { project }: CallContext) => {
        seen.push(project);
        return { backfill: undefined };
      };
      await using server = await open(services({ describe }));
      for (const options of [{}, { project: "arena" }]) {
        await using peer = server.network.connect(server.address, options);
        await peer.client(BackfillServiceDefinition).describeBackfill(describeRequest);
      }
      expect(seen).toEqual([undefined, "arena"]);
    });

    test("carries reason, message and metadata of an error", async () => {
      const refuse = async () => {
        throw new MusterError("TEAM_UNKNOWN", "Cannot fill blue as the rule set has no such team: it has red", {
          metadata: { team: "blue" },
        });
      };
      await using server = await open(services({ describe: refuse }));
      await using peer = server.network.connect(server.address);
      const call = peer.client(BackfillServiceDefinition).describeBackfill(describeRequest);
      await expect(call).rejects.toMatchObject({
        reason: "TEAM_UNKNOWN",
        metadata: { team: "blue" },
        message: "Cannot fill blue as the rule set has no such team: it has red",
      });
    });

    test("tells nothing of a mistake of ours but that it happened", async () => {
      const slip = async () => {
        throw new TypeError("secret detail");
      };
      await using server = await open(services({ describe: slip }));
      await using peer = server.network.connect(server.address);
      const call = peer.client(BackfillServiceDefinition).describeBackfill(describeRequest);
      await expect(call).rejects.toMatchObject({ reason: "INTERNAL_FAULT" });
      await expect(call).rejects.not.toThrow(/secret detail/);
    });

    test("rejects a call to nobody with PEER_UNREACHABLE", async () => {
      const server = await open(services());
      await using peer = server.network.connect(server.address);
      await server[Symbol.asyncDispose]();
      const call = peer.client(BackfillServiceDefinition).describeBackfill(describeRequest);
      await expect(call).rejects.toMatchObject({ reason: "PEER_UNREACHABLE", retry: "backoff" });
    });

    test("rejects at the deadline, and tells the handler", async () => {
      const { handler, gone } = neverAnswers();
      await using server = await open(services({ describe: handler }));
      await using peer = server.network.connect(server.address);
      // Long enough that a busy machine hands the call to its handler before.
      const call = peer.client(BackfillServiceDefinition).describeBackfill(describeRequest, { deadlineMs: 500 });
      await expect(call).rejects.toMatchObject({ reason: "DEADLINE_PASSED" });
      await gone;
    });

    test("rejects when the caller calls it off, and tells the handler", async () => {
      const { handler, gone, called } = neverAnswers();
      await using server = await open(services({ describe: handler }));
      await using peer = server.network.connect(server.address);
      const stop = new AbortController();
      const call = peer.client(BackfillServiceDefinition).describeBackfill(describeRequest, { signal: stop.signal });
      await called;
      stop.abort();
      await expect(call).rejects.toMatchObject({ reason: "CALL_CANCELLED" });
      await gone;
    });

    test("streams answers in order and ends", async () => {
      await using server = await open(services());
      await using peer = server.network.connect(server.address);
      const seen: number[] = [];
      for await (const { chunk } of peer.client(MockFleetServiceDefinition).readProcessLog(logRequest(200))) {
        seen.push(chunk[0] ?? -1);
      }
      expect(seen).toEqual(Array.from({ length: 200 }, (_, index) => index));
    });

    test("stops a stream's handler when its reader stops", async () => {
      await using server = await open(services());
      await using peer = server.network.connect(server.address);
      for await (const { chunk } of peer.client(MockFleetServiceDefinition).readProcessLog(logRequest(-1))) {
        if (chunk[0] === 3) break;
      }
      await streamStopped;
    });

    test("ends a stream with the handler's error after what it sent", async () => {
      await using server = await open(services());
      await using peer = server.network.connect(server.address);
      const seen: number[] = [];
      const read = async () => {
        const request = { ...logRequest(2), processId: "fails" };
        for await (const { chunk } of peer.client(MockFleetServiceDefinition).readProcessLog(request)) {
          seen.push(chunk[0] ?? -1);
        }
      };
      await expect(read()).rejects.toMatchObject({ reason: "PROCESS_NOT_FOUND" });
      expect(seen).toEqual([0, 1]);
    });

    test("carries both directions of a stream, and ends it with the caller's", async () => {
      await using server = await open(services());
      await using peer = server.network.connect(server.address);
      const ask = async function* () {
        for (let index = 0; index < 50; index += 1) {
          yield { message: { $case: "heartbeat" as const, value: {} } };
        }
      };
      let answers = 0;
      for await (const { message } of peer.client(HostServiceDefinition).attach(ask())) {
        if (message?.$case === "heartbeat") answers += 1;
      }
      expect(answers).toBe(50);
    });
  });
}

const describeRequest = { battleSessionId: "bs_1", capability: "" };
const logRequest = (count: number) => ({ processId: "counts", tailBytes: count, follow: false });

let resolveStopped: () => void;
let streamStopped: Promise<void>;

type Describe = (request: { battleSessionId: string }, context: CallContext) => Promise<{ backfill: undefined }>;

/** Handlers small enough to know what they answer; `describe` takes the place of one of them. */
function services(replaced: { describe?: Describe } = {}): readonly Implementation[] {
  streamStopped = new Promise((resolve) => {
    resolveStopped = resolve;
  });
  const unused = async () => {
    throw new MusterError("METHOD_UNKNOWN", "Cannot answer as this suite does not ask");
  };
  return [
    implement(BackfillServiceDefinition, {
      startBackfill: unused,
      cancelBackfill: unused,
      describeBackfill:
        replaced.describe ??
        (async (request, { token }) => ({
          backfill: {
            backfillId: `${request.battleSessionId} ${token}`,
            state: 1,
            strategy: 1,
            addPlayers: {},
            progress: [],
            cause: 0,
            noLegalFill: false,
          },
        })),
    }),
    implement(MockFleetServiceDefinition, {
      addFault: () => Promise.reject(new Error("unused")),
      listFaults: () => Promise.reject(new Error("unused")),
      advanceClock: () => Promise.reject(new Error("unused")),
      restartServers: () => Promise.reject(new Error("unused")),
      removeFault: () => Promise.reject(new Error("unused")),
      async *readProcessLog({ processId, tailBytes }, { signal }) {
        signal.addEventListener("abort", () => resolveStopped());
        for (let index = 0; tailBytes < 0 || index < tailBytes; index += 1) {
          if (signal.aborted) return;
          yield { chunk: Uint8Array.of(index & 0xff) };
          await new Promise((resolve) => setImmediate(resolve));
        }
        if (processId === "fails") throw new MusterError("PROCESS_NOT_FOUND", "Cannot read on as the process is gone");
      },
    }),
    implement(HostServiceDefinition, {
      async *attach(requests) {
        for await (const _ of requests) yield { message: { $case: "heartbeat", value: {} } };
      },
    }),
  ];
}

/** A handler that waits for its caller to go: `called` when it starts, `gone` when it has been told. */
function neverAnswers() {
  let onCalled: () => void = () => undefined;
  let onGone: () => void = () => undefined;
  const called = new Promise<void>((resolve) => {
    onCalled = resolve;
  });
  const gone = new Promise<void>((resolve) => {
    onGone = resolve;
  });
  const handler: Describe = (_request, { signal }) => {
    onCalled();
    return new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        onGone();
        reject(signal.reason);
      });
    });
  };
  return { handler, called, gone };
}
