// The backend's SDK over real sockets, against a scripted matcher behind grpc-js.
import { serveGrpc } from "@muster/proto/grpc";
import { afterEach, expect, test, vi } from "vitest";
import { connectMatcher } from "./connect-matcher.ts";
import { completed, createScriptedMatcher, type MatcherScript } from "./scripted-matcher.fixture.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const stop of stops.splice(0).toReversed()) await stop();
});

async function serve(bind = "127.0.0.1:0", options: MatcherScript = {}) {
  const script = createScriptedMatcher(options);
  const server = await serveGrpc({ bind, services: script.services, drainMs: 20 });
  const stop = async () => await server[Symbol.asyncDispose]();
  stops.push(stop);
  return { script, address: server.address, stop };
}

test("a backend finds the matcher by its environment, and matches over a restart of it", async () => {
  const first = await serve();
  vi.stubEnv("MUSTER_MATCHER", first.address);
  await using matcher = connectMatcher({ key: "t0ken" });
  const players = [{ playerId: "ann", attributes: { skill: 1500, ratings: { ctf: 3 } } }];
  const matching = matcher.match({ configuration: "arena", ticketId: "t1", players });
  await vi.waitFor(() => expect(first.script.watches).toHaveLength(1));
  await first.stop();
  const second = await serve(first.address, { book: first.script.book });
  await vi.waitFor(() => expect(second.script.watches).toHaveLength(1), 5_000);
  second.script.move("t1", completed);
  const result = await matching;
  expect(result).toMatchObject({ state: "COMPLETED", assignment: { address: { ports: { game: 7500 } } } });
  expect(result.ticket.players).toMatchObject(players);
  expect(second.script.watches[0]?.resumeToken).toBe("1");
  expect(first.script.calls[0]?.token).toBe("t0ken");
});

test("connectMatcher() refuses an address that is none", () => {
  expect(() => connectMatcher({ address: "nowhere" })).toThrow(/Cannot read address as an address such as/);
});
