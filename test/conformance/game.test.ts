// Our SDK does what docs/conformance.md asks of every one.
import { judgeGame } from "@muster/cli";
import { expect, test } from "vitest";
import { playCareless } from "./careless-game.ts";
import { playHttpGame } from "./http-game.ts";
import { playConformanceGame } from "./typescript-game.ts";

const token = "sct_conformance";

test("our SDK passes every check of a game", async () => {
  const game = Promise.withResolvers<AsyncDisposable>();
  const results = await judgeGame({
    ...{ bind: "127.0.0.1:0", token, acceptsPlayers: true },
    onServing: ({ address }) => playConformanceGame({ address, token }).then(game.resolve, game.reject),
  });
  await (await game.promise)[Symbol.asyncDispose]();
  expect(results.filter(({ outcome }) => outcome !== "OK")).toEqual([]);
}, 120_000);

test("a careless game fails the checks of what it does wrong, and no others", async () => {
  const leave = new AbortController();
  const played = Promise.withResolvers<void>();
  const results = await judgeGame({
    ...{ bind: "127.0.0.1:0", token, acceptsPlayers: true, patienceMs: 2_000 },
    onServing: ({ address }) => playCareless({ address, token }, leave.signal).then(played.resolve, played.reject),
  });
  leave.abort();
  await played.promise;
  const held = results.filter(({ outcome }) => outcome === "OK").map(({ check }) => check);
  expect(held).toEqual(["WATCH", "READY", "REFUSED", "SEATED"]);
}, 120_000);

test("a game on JSON over HTTP alone passes every check of a game", async () => {
  const played = Promise.withResolvers<void>();
  const results = await judgeGame({
    ...{ bind: "127.0.0.1:0", httpBind: "127.0.0.1:0", token, acceptsPlayers: true },
    onServing: ({ httpAddress = "" }) => playHttpGame(httpAddress, token).then(played.resolve, played.reject),
  });
  await played.promise;
  expect(results.filter(({ outcome }) => outcome !== "OK")).toEqual([]);
}, 120_000);
