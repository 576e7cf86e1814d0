// The game that conformance asks for, on our SDK: it accepts whoever has a seat and removes whoever leaves.

import { systemClock, systemRandom } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { grpcNetwork } from "@muster/proto/grpc";
import { type BattleSession, type ConnectOptions, connectWith, type Player, type Sidecar } from "@muster/sdk";

/** Plays until it is told to end. `address` and `token` as the environment would give them. */
export async function playConformanceGame(
  options: Required<Pick<ConnectOptions, "address" | "token">>,
): Promise<Sidecar> {
  const sidecar = await connectWith({
    ...{ ...options, network: grpcNetwork, clock: systemClock, random: systemRandom },
    exit: () => undefined,
  });
  sidecar.onError((error) => {
    if (!(error instanceof MusterError)) throw error; // Refusals are what it is tested with.
  });
  const admit = async ({ playerSessionId }: Player) => {
    const { player } = await sidecar.acceptPlayerSession(playerSessionId);
    if (player.attributes.leaves === 1) await player.remove();
  };
  const admitAll = async (players: readonly Player[]) => {
    const reserved = players.filter(({ state }) => state === "RESERVED");
    await Promise.allSettled(reserved.map(admit));
  };
  sidecar.onStartBattleSession(async (session: BattleSession) => {
    await session.activate();
  });
  sidecar.onBattleSessionUpdated(async ({ session, added, reason }) => {
    if (reason === "SESSION_TERMINATING") await session.terminate();
    else await admitAll(reason === "SNAPSHOT" ? session.players : added);
  });
  await sidecar.processReady({ ports: { game: 7500 }, concurrentSessions: 1 });
  return sidecar;
}
