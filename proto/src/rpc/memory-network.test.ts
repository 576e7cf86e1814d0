import { createSeededRandom, systemClock } from "@muster/kit";
import { createVirtualClock } from "@muster/kit/testing";
import { describe, expect, test } from "vitest";
import { HostServiceDefinition } from "../messages/fleet.ts";
import { BackfillServiceDefinition } from "../messages/matchmaking.ts";
import { createMemoryNetwork } from "./memory-network.ts";
import { describeNetwork } from "./network.suite.ts";
import { implement } from "./service.ts";
import type { Fate, Frame } from "./weather.ts";

describeNetwork("createMemoryNetwork()", async (services) => {
  const memory = createMemoryNetwork({ clock: systemClock, random: createSeededRandom(1) });
  const server = memory.serve("server", services);
  return {
    network: memory.from("caller"),
    address: "server",
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});

test("createMemoryNetwork() fails calls over a cut link until it heals", async () => {
  const memory = createMemoryNetwork({ clock: systemClock, random: createSeededRandom(1) });
  memory.serve("server", []);
  const client = memory.from("caller").connect("server").client(BackfillServiceDefinition);
  const request = { battleSessionId: "bs_1", capability: "" };
  memory.cut({ a: "server", b: "caller" });
  await expect(client.describeBackfill(request)).rejects.toMatchObject({ reason: "PEER_UNREACHABLE" });
  memory.heal();
  await expect(client.describeBackfill(request)).rejects.toMatchObject({ reason: "METHOD_UNKNOWN" });
});

describe("the weather of a memory network", () => {
  const request = { battleSessionId: "bs_1", capability: "" };
  const unused = () => Promise.reject(new Error("unused"));

  /** A caller, a server that counts, and what becomes of each frame that is not told otherwise. */
  function createPair(fates: Partial<Record<Frame["part"], Fate>>) {
    const clock = createVirtualClock();
    const sky = { ...fates };
    const memory = createMemoryNetwork({
      clock,
      random: createSeededRandom(1),
      weather: ({ part }) => sky[part] ?? { delayMs: 1 },
    });
    let served = 0;
    let echoed = 0;
    memory.serve("server", [
      implement(BackfillServiceDefinition, {
        startBackfill: unused,
        cancelBackfill: unused,
        async describeBackfill() {
          served += 1;
          return { backfill: undefined };
        },
      }),
      implement(HostServiceDefinition, {
        async *attach(requests) {
          for await (const _ of requests) {
            echoed += 1;
            yield { message: { $case: "heartbeat", value: {} } };
          }
        },
      }),
    ]);
    const peer = memory.from("caller").connect("server");
    const outcome = (call: Promise<unknown>) =>
      call.then(
        () => "answered",
        (error: { reason: string }) => error.reason,
      );
    return {
      clock,
      memory,
      sky,
      describeOnce: () => outcome(peer.client(BackfillServiceDefinition).describeBackfill(request)),
      attach: peer.client(HostServiceDefinition).attach,
      outcome,
      get served() {
        return served;
      },
      get echoed() {
        return echoed;
      },
    };
  }

  const rows: readonly { name: string; fates: Partial<Record<Frame["part"], Fate>>; served: number; heard: string }[] =
    [
      { name: "delivers", fates: {}, served: 1, heard: "answered" },
      { name: "loses a request", fates: { request: "lost" }, served: 0, heard: "DEADLINE_PASSED" },
      { name: "loses an answer after its effect", fates: { response: "lost" }, served: 1, heard: "DEADLINE_PASSED" },
      { name: "breaks before the effect", fates: { request: "broken" }, served: 0, heard: "PEER_UNREACHABLE" },
      { name: "breaks after the effect", fates: { response: "broken" }, served: 1, heard: "PEER_UNREACHABLE" },
      { name: "repeats", fates: { request: { delayMs: 1, againAfterMs: 5 } }, served: 2, heard: "answered" },
      {
        name: "is late, and does its work all the same",
        fates: { request: { delayMs: 11_000 } },
        served: 1,
        heard: "DEADLINE_PASSED",
      },
      { name: "holds a request for ever", fates: { request: "held" }, served: 0, heard: "DEADLINE_PASSED" },
    ];
  for (const { name, fates, served, heard } of rows) {
    test(name, async () => {
      const pair = createPair(fates);
      const call = pair.describeOnce();
      await pair.clock.advance(20_000);
      expect([pair.served, await call]).toEqual([served, heard]);
      expect(pair.memory.openCalls).toBe(0);
    });
  }

  test("opens a stream once, however often its first frame arrives", async () => {
    const pair = createPair({ request: { delayMs: 1, againAfterMs: 5 } });
    const requests = async function* () {
      yield { message: { $case: "heartbeat" as const, value: {} } };
    };
    let answers = 0;
    const read = async () => {
      for await (const _answer of pair.attach(requests())) answers += 1;
    };
    const reading = read();
    await pair.clock.advance(1_000);
    await reading;
    expect([pair.echoed, answers]).toEqual([1, 1]);
  });

  test("lets go of what it held when it is asked again", async () => {
    const pair = createPair({ request: "held" });
    const call = pair.describeOnce();
    await pair.clock.advance(500);
    pair.sky.request = { delayMs: 1 };
    pair.memory.askAgain();
    await pair.clock.advance(500);
    expect(await call).toBe("answered");
  });

  test("keeps a stream's order however long each message takes, and makes the writer of an unread one wait", async () => {
    const pair = createPair({});
    let delayMs = 50;
    Object.defineProperty(pair.sky, "message", { get: () => ({ delayMs: delayMs-- % 7 }) });
    let sent = 0;
    const send = async function* () {
      for (; sent < 1_000; sent += 1) yield { message: { $case: "heartbeat" as const, value: {} } };
    };
    const answers = pair.attach(send())[Symbol.asyncIterator]();
    const first = answers.next();
    await pair.clock.advance(10_000);
    expect((await first).done).toBe(false);
    expect(pair.echoed).toBeLessThan(300);
    for (let read = 1; read < 1_000; read += 1) {
      const next = answers.next();
      await pair.clock.advance(20);
      expect((await next).done).toBe(false);
    }
    expect(sent).toBe(1_000);
  });

  test("keeps from a node that stands still what arrives, until it goes on", async () => {
    const clock = createVirtualClock();
    const parked: (() => void)[] = [];
    let stands = true;
    const memory = createMemoryNetwork({
      clock,
      random: createSeededRandom(1),
      arrive: (node, run) => (node === "caller" && stands ? void parked.push(run) : run()),
    });
    memory.serve("server", []);
    let heard = "";
    memory
      .from("caller")
      .connect("server")
      .client(BackfillServiceDefinition)
      .describeBackfill(request)
      .catch(({ reason }: { reason: string }) => {
        heard = reason;
      });
    await clock.advance(1_000);
    expect(heard).toBe("");
    stands = false;
    for (const run of parked) run();
    await clock.advance(0);
    expect(heard).toBe("METHOD_UNKNOWN");
  });
});
