// A game that does nearly everything wrong that an SDK can: what conformance has to notice.
import { systemClock } from "@muster/kit";
import { grpcNetwork } from "@muster/proto/grpc";
import { GameServerServiceDefinition, type WatchResponse } from "@muster/proto/sdk";

/** Plays until `signal` aborts. */
export async function playCareless(options: { address: string; token: string }, signal: AbortSignal): Promise<void> {
  await using peer = grpcNetwork.connect(options.address, { token: options.token });
  const game = peer.client(GameServerServiceDefinition);
  const careless = (call: Promise<unknown>) => void call.catch(() => undefined); // Whatever it was answered.
  let isReady = false;

  const take = ({ event }: WatchResponse) => {
    switch (event?.$case) {
      case "opened":
        // Ready once, whatever was answered.
        if (!isReady) careless(game.processReady({ ports: {}, concurrentSessions: 1 }));
        isReady = true;
        return;
      case "startBattleSession": {
        const battleSessionId = event.value.session?.battleSessionId ?? "";
        careless(game.activateBattleSession({ battleSessionId }));
        careless(game.activateBattleSession({ battleSessionId })); // To be sure.
        return;
      }
      case "healthCheck": {
        const { checkId } = event.value;
        for (let count = 0; count < 2; count += 1) careless(game.reportHealth({ checkId, healthy: true }));
        return;
      }
      case "battleSessionUpdated":
        // One request id for everybody, and again as often as it is told of them.
        for (const { playerSessionId } of [...event.value.added, ...event.value.updated]) {
          careless(game.acceptPlayerSession({ playerSessionId, requestId: "r1", reconnectSecret: "" }));
        }
        return;
      default:
        return;
    }
  };
  while (!signal.aborted) {
    const request = { sdkName: "careless", sdkVersion: "1", sdkLanguage: "typescript", resumeAfter: {} };
    try {
      for await (const response of game.watch(request, { signal })) take(response);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof Error)) throw error;
      await systemClock.sleep(50);
    }
  }
}
