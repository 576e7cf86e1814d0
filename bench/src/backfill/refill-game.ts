// The dedicated server of the benchmark: whoever is sent to it is there at once, and a player goes when it is told so.
import { type BattleSession, connect, type Player } from "@muster/sdk";
import { serveOrders } from "../rpc/serve-orders.ts";
import { type RefillAnswer, type RefillOrder, wallMs } from "./refill-order.ts";

const CONCURRENT_SESSIONS = 100;

const sidecar = await connect();
const sessions = new Map<string, BattleSession>();
/** Whoever waits for the next newcomer of a session. */
const waiting = new Map<string, (newcomer: { readonly player: Player; readonly heardMs: number }) => void>();
const arrivals = new Map<string, Promise<unknown>>();

sidecar.onStartBattleSession((session) => {
  sessions.set(session.battleSessionId, session);
  return session.activate();
});
sidecar.onBattleSessionUpdated(async ({ session, reason, added }) => {
  const heardMs = wallMs();
  for (const player of added) {
    // The battle goes on meanwhile: only who is to leave has to have come.
    arrivals.set(player.playerSessionId, sidecar.acceptPlayerSession(player.playerSessionId));
    waiting.get(session.battleSessionId)?.({ player, heardMs });
  }
  if (reason === "SESSION_TERMINATING") await session.terminate();
});

async function refill({ battleSessionId }: RefillOrder): Promise<RefillAnswer> {
  const session = sessions.get(battleSessionId);
  const [leaver] = session?.players ?? [];
  if (!leaver) throw new Error(`Cannot free a seat of ${battleSessionId} as nobody sits there`);
  await arrivals.get(leaver.playerSessionId);
  arrivals.delete(leaver.playerSessionId);
  const newcomer = Promise.withResolvers<{ readonly player: Player; readonly heardMs: number }>();
  waiting.set(battleSessionId, newcomer.resolve);
  const freedMs = wallMs();
  await leaver.remove();
  const { player, heardMs } = await newcomer.promise;
  waiting.delete(battleSessionId);
  await arrivals.get(player.playerSessionId);
  return { freedMs, heardMs };
}

serveOrders(refill, () => {
  void sidecar.processReady({ concurrentSessions: CONCURRENT_SESSIONS }).catch(console.error);
});
