// A sidecar under test, driven through the whole life of a game by somebody who is none: what it should do stands in
// sidecar-checks.ts, how it is made to stands here, scene by scene. Each scene goes on from the one before.
import { systemClock } from "@muster/kit";
import { grpcNetwork } from "@muster/proto/grpc";
import { GameServerServiceDefinition } from "@muster/proto/sdk";
import { type CheckResult, createCheckBook, demand } from "./check-book.ts";
import { type GameEar, openGameEar } from "./game-ear.ts";
import { battle, ready, token } from "./scenes/entrance.ts";
import { health, sessionEnd } from "./scenes/exit.ts";
import { fleetAway } from "./scenes/fleet-away.ts";
import { roster } from "./scenes/roster.ts";
import type { Game, Scene, SidecarUnderTest } from "./scenes/scene.ts";
import { streams } from "./scenes/streams.ts";
import { SIDECAR_CHECKS } from "./sidecar-checks.ts";
import { waitFor } from "./stage.ts";

/** How long a sidecar may take to come, in ms. */
const COME_MS = 60_000;

/** Every check with what came of it. Takes about half a minute. */
export async function driveSidecar(under: SidecarUnderTest): Promise<readonly CheckResult[]> {
  const book = createCheckBook(SIDECAR_CHECKS, under.onResult);
  const { network = grpcNetwork } = under;
  await using peer = network.connect(under.address, { token: under.token });
  const game = peer.client(GameServerServiceDefinition);
  const ear = await openFirstEar(game);
  const scene: Scene = { under, game, book, ear };
  const isOpen = await book.run("OPENED", async () => {
    const event = await ear.next("Opened", () => true, 30_000);
    demand(event.$case === "opened", `${event.$case} came first`);
    demand(event.value.processId === under.stage.processId, `the process id is ${event.value.processId}`);
    demand(event.value.sidecarVersion !== "", "it tells no version");
  });
  if (!isOpen) return book.results();
  await token(scene);
  await ready(scene);
  const id = await battle(scene);
  if (id !== undefined) {
    await roster(scene, id);
    await streams(scene, id);
    await fleetAway(scene, id);
    await sessionEnd(scene, id);
  }
  await health(scene);
  await book.run("ORDER", () => demand(scene.ear.fault === undefined, scene.ear.fault ?? ""));
  scene.ear.close();
  return book.results();
}

/** Whoever starts the sidecar may need a moment. */
async function openFirstEar(game: Game): Promise<GameEar> {
  const endsMs = systemClock.nowMs() + COME_MS;
  for (;;) {
    const ear = openGameEar(game);
    await waitFor("the sidecar", COME_MS, async () =>
      ear.events.length > 0 || ear.ended !== undefined ? true : undefined,
    );
    if (ear.ended !== "PEER_UNREACHABLE" || systemClock.nowMs() > endsMs) return ear;
    await systemClock.sleep(100);
  }
}
