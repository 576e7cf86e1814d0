// The dedicated server of the benchmark: its clients are imaginary, so it presents their player session ids itself, as
// many at once as it is told, and times each call where a game would wait for it.
import { GameServerServiceDefinition } from "@muster/proto/sdk";
import { connect } from "@muster/sdk";
import { type BareClient, connectBare } from "./bare-client.ts";
import type { GameAnswer, GameOrder } from "./game-order.ts";
import { runLoad } from "./load.ts";
import { serveOrders } from "./serve-orders.ts";

/** Battles of all blocks that may not have ended yet. */
const CONCURRENT_SESSIONS = 100;

const sidecar = await connect();
let echo: BareClient | undefined;

sidecar.onStartBattleSession((session) => session.activate());
sidecar.onBattleSessionUpdated(async ({ session, reason }) => {
  if (reason === "SESSION_TERMINATING") await session.terminate();
});

async function carryOut({ through, echoAddress, playerSessionIds, inFlight }: GameOrder): Promise<GameAnswer> {
  const load = { calls: playerSessionIds.length, inFlight };
  const idAt = (index: number) => playerSessionIds[index] ?? "";
  if (through === "sdk") return { block: await runLoad(load, (index) => sidecar.acceptPlayerSession(idAt(index))) };
  echo ??= connectBare(echoAddress);
  const { fullName, methods } = GameServerServiceDefinition;
  const accept = echo.unary(fullName, methods.acceptPlayerSession);
  const requestOf = (index: number) => ({
    playerSessionId: idAt(index),
    requestId: `req_0123456789abcdef-${String(index).padStart(8, "0")}`,
    reconnectSecret: "",
  });
  return { block: await runLoad(load, (index) => accept(requestOf(index))) };
}

serveOrders(carryOut, () => {
  void sidecar.processReady({ concurrentSessions: CONCURRENT_SESSIONS }).catch(console.error);
});
