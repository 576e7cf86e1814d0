// A sidecar and its game inside the process under attack, behind a socket, as a fleet starts them.
import { createSeededRandom, systemClock } from "@muster/kit";
import type { ServerLaunch } from "@muster/mock-fleet";
import { grpcNetwork, serveGrpc } from "@muster/proto/grpc";
import { connectWith } from "@muster/sdk";
import { createSidecar } from "@muster/sidecar";

export type GameOptions = {
  readonly launch: ServerLaunch;
  readonly onFault: (error: unknown, path: string) => void;
  readonly exit: (exit: { how: string }) => void;
};

/** How long a game takes to exit once it was asked to, in ms. */
const EXIT_MS = 200;

/** Starts both. The game takes whatever it is given and never ends by itself. */
export async function startGame({ launch, onFault, exit }: GameOptions) {
  const opened = new AsyncDisposableStack();
  let generation = 0;
  const sidecar = opened.use(
    createSidecar({
      ...{ clock: systemClock, random: createSeededRandom(2), network: grpcNetwork, log: () => undefined },
      ...{ fleetAddress: launch.hostAddress, fleet: launch.fleet.name, processId: launch.processId },
      ...{ incarnation: launch.incarnation, secret: launch.secret, token: "", matchers: [], ready: undefined },
      nextAttachGeneration: () => {
        generation += 1;
        return generation;
      },
      onReady: () => undefined,
    }),
  );
  const server = opened.use(await serveGrpc({ bind: "127.0.0.1:0", services: sidecar.services, onFault, drainMs: 0 }));
  const stop = new AbortController();
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    stop.abort();
    exit({ how: "exit 0" });
    void opened.disposeAsync();
  };
  /** A game takes a moment to exit; whoever asked for it has an answer first. */
  const endSoon = () => void systemClock.sleep(EXIT_MS).then(end);
  sidecar.onEndRequested(endSoon);
  sidecar.onEnding(endSoon);
  sidecar.run(stop.signal).catch(end);
  const play = async () => {
    const random = createSeededRandom(3);
    const game = await connectWith({
      network: grpcNetwork,
      address: server.address,
      clock: systemClock,
      random,
      exit: end,
    });
    opened.use(game);
    game.onError(() => undefined); // Attackers end sessions under the game's hands: it may well complain.
    game.onStartBattleSession((session) => session.activate());
    await game.processReady({ concurrentSessions: 200 });
    await game.finished;
  };
  void (async () => {
    // Whoever watches in its place turns it away: it comes back, as a game that is started again does.
    while (!ended) await play().catch(() => systemClock.sleep(EXIT_MS));
  })();
  return { launch, address: server.address, end };
}
