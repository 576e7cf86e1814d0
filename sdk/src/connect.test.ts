// The SDK over real sockets, against a scripted sidecar behind grpc-js.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveGrpc } from "@muster/proto/grpc";
import { afterEach, expect, test, vi } from "vitest";
import { connect } from "./connect.ts";
import { reasonOf } from "./scripted-game.fixture.ts";
import { changeOf, createScriptedSidecar, seatOf, sessionOf } from "./scripted-sidecar.fixture.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const stop of stops.splice(0).toReversed()) await stop();
});

async function serve(bind = "127.0.0.1:0", script = createScriptedSidecar()) {
  const server = await serveGrpc({ bind, services: script.services, drainMs: 20 });
  stops.push(async () => await server[Symbol.asyncDispose]());
  return { script, address: server.address, stop: () => server[Symbol.asyncDispose]() };
}

async function socketPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "muster-"));
  stops.push(() => rm(folder, { recursive: true }));
  return join(folder, "s");
}

for (const kind of ["TCP", "a Unix socket"]) {
  test(`a game lives through a battle over ${kind}, told where by its environment`, async () => {
    const { script, address } = await serve(kind === "TCP" ? "127.0.0.1:0" : `unix:${await socketPath()}`);
    vi.stubEnv("MUSTER_SIDECAR", address);
    vi.stubEnv("MUSTER_SIDECAR_TOKEN", "t0ken");
    await using sidecar = await connect();
    const heard: string[] = [];
    sidecar.onStartBattleSession((session) => session.activate());
    sidecar.onBattleSessionUpdated(({ reason }) => void heard.push(reason));
    await sidecar.processReady({ ports: { game: 7500 } });
    script.start(sessionOf("bs_1"));
    script.change(changeOf(2, { reason: "PLAYERS_ADDED", added: [seatOf("bob")] }));
    await vi.waitFor(() => expect(heard).toEqual(["PLAYERS_ADDED"]));
    const { player } = await sidecar.acceptPlayerSession("ps_ann");
    await player.remove();
    await sidecar.processEnding();
    await sidecar.finished;
    expect(script.calls.map(({ method }) => method)).toEqual([
      "watch",
      "processReady",
      "activateBattleSession",
      "acceptPlayerSession",
      "removePlayerSession",
      "processEnding",
    ]);
    expect(new Set(script.calls.map(({ token }) => token))).toEqual(new Set(["t0ken"]));
  });
}

test("a sidecar that is restarted finds the game again, which lost and doubled nothing", async () => {
  const first = await serve();
  await using sidecar = await connect({ address: first.address });
  const heard: number[] = [];
  const states: string[] = [];
  sidecar.onConnectionChange(({ state }) => void states.push(state));
  sidecar.onStartBattleSession(() => undefined);
  sidecar.onBattleSessionUpdated(({ added }) => void heard.push(added.length));
  first.script.start(sessionOf("bs_1"));
  first.script.change(changeOf(2, { reason: "PLAYERS_ADDED", added: [seatOf("bob")] }));
  await vi.waitFor(() => expect(heard).toEqual([1]));
  await first.stop();
  await vi.waitFor(() => expect(states).toEqual(["RECONNECTING"]));
  const ready = sidecar.processReady(); // Waits for the sidecar to be back.
  const second = await serve(first.address);
  await ready;
  await vi.waitFor(() => expect(second.script.watches[0]?.resumeAfter).toEqual({ bs_1: 2 }), 5_000);
  second.script.change(changeOf(2, { reason: "PLAYERS_ADDED", added: [seatOf("bob")] }));
  second.script.change(changeOf(3));
  await vi.waitFor(() => expect(heard).toEqual([1, 0]));
  expect(states).toEqual(["RECONNECTING", "CONNECTED"]);
});

test("connect() refuses an address that is none before it waits", async () => {
  expect(await reasonOf(connect({ address: "nowhere" }))).toBe("FIELD_INVALID");
});

test("connect() names the address that nobody answers at", async () => {
  const { address, stop } = await serve();
  await stop();
  await expect(connect({ address, connectTimeoutMs: 200 })).rejects.toMatchObject({
    reason: "PEER_UNREACHABLE",
    metadata: { address },
  });
});
