// The dedicated server of a chaos run: a lobby over TCP, written with the SDK as a studio would, that takes several battles
// at once, ends those that nobody is in, and writes down whom it let in and who went.
import { createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { fingerprint, MusterError } from "@muster/proto";
import { type BattleSession, connect, type Player } from "@muster/sdk";
import type { ServerRequest } from "./protocol.ts";
import { TESTIMONY_FOLDER, testify } from "./server-log.ts";

const CONCURRENT_SESSIONS = 4;
/** A battle that nobody is in any more, or has not come to, ends after so long, in ms. */
const EMPTY_MS = 6_000;
const LONGEST_MS = 20_000;
const LOOK_MS = 250;

const folder = process.env[TESTIMONY_FOLDER] ?? ".";
const sidecar = await connect({ connectTimeoutMs: 60_000 });
/** Who is connected, by the battle. */
const present = new Map<string, Map<string, Socket>>();
const emptySince = new Map<string, number>();
const began = new Map<string, number>();

function note(did: "joined" | "left", player: Player, returned = false): void {
  const { processId } = sidecar;
  const { playerId, playerSessionId, session } = player;
  const seat = fingerprint(playerSessionId);
  testify(folder, { did, processId, battleSessionId: session.battleSessionId, playerId, seat, returned });
}

function enter(player: Player, socket: Socket, returned: boolean): void {
  const { battleSessionId } = player.session;
  note("joined", player, returned);
  const players = present.get(battleSessionId) ?? new Map<string, Socket>();
  present.set(battleSessionId, players.set(player.playerSessionId, socket));
}

/** False if the player was not in, or came in again by another connection. */
function exit(player: Player, socket: Socket | undefined): boolean {
  const players = present.get(player.session.battleSessionId);
  const inside = players?.get(player.playerSessionId);
  if (!inside || (socket !== undefined && inside !== socket)) return false;
  players?.delete(player.playerSessionId);
  note("left", player);
  return true;
}

sidecar.onStartBattleSession(async (session) => {
  began.set(session.battleSessionId, performance.now());
  await session.activate();
});

sidecar.onBattleSessionUpdated(async ({ session, reason, removed }) => {
  for (const player of removed) exit(player, undefined);
  if (reason === "SESSION_TERMINATING") await end(session);
});

async function end(session: BattleSession): Promise<void> {
  for (const player of session.players) exit(player, undefined);
  for (const socket of present.get(session.battleSessionId)?.values() ?? []) socket.destroy();
  present.delete(session.battleSessionId);
  await session.terminate();
}

function report(error: unknown): void {
  // The sidecar may be away for longer than a call waits; the SDK says again what it must.
  console.error(String(error));
}

setInterval(() => {
  const nowMs = performance.now();
  for (const session of sidecar.sessions) {
    const id = session.battleSessionId;
    if (session.state !== "ACTIVE") continue;
    if ((present.get(id)?.size ?? 0) > 0) emptySince.delete(id);
    else if (!emptySince.has(id)) emptySince.set(id, nowMs);
    const isEmpty = nowMs - (emptySince.get(id) ?? nowMs) > EMPTY_MS;
    if (isEmpty || nowMs - (began.get(id) ?? nowMs) > LONGEST_MS) void end(session).catch(report);
  }
}, LOOK_MS);

type Seat = { player?: Player };

async function answer(socket: Socket, request: ServerRequest, seat: Seat): Promise<object> {
  switch (request.ask) {
    case "join": {
      const { playerSessionId, reconnectSecret } = request;
      const accepted = await sidecar.acceptPlayerSession(playerSessionId, { reconnectSecret });
      enter(accepted.player, socket, reconnectSecret !== undefined);
      seat.player = accepted.player;
      // The client went away while it was let in.
      if (socket.destroyed) hangUp(socket, seat);
      return { reconnectSecret: accepted.reconnectSecret };
    }
    case "leave": {
      const { player } = seat;
      delete seat.player;
      if (player && exit(player, socket)) await player.remove();
      return {};
    }
    case "backfill":
      await seat.player?.session.startBackfill({ strategy: "CUSTOM", addPlayers: request.addPlayers });
      return {};
    case "end":
      if (seat.player) await end(seat.player.session);
      return {};
  }
}

function hangUp(socket: Socket, seat: Seat): void {
  const { player } = seat;
  delete seat.player;
  if (player && exit(player, socket)) void player.disconnect().catch(report);
}

async function serve(socket: Socket): Promise<void> {
  const seat: Seat = {};
  socket.on("error", () => socket.destroy());
  socket.on("close", () => hangUp(socket, seat));
  for await (const line of createInterface({ input: socket })) {
    const request: ServerRequest = JSON.parse(line);
    const send = (message: object) => {
      if (socket.writable) socket.write(`${JSON.stringify({ answer: request.id, ...message })}\n`);
    };
    try {
      send(await answer(socket, request, seat));
    } catch (error) {
      if (!(error instanceof MusterError)) throw error;
      send({ refused: error.reason, retry: error.retry });
    }
  }
}

const server = createServer((socket) => void serve(socket).catch(report));
server.listen(Number(process.env.MUSTER_PORT), "127.0.0.1", () => {
  sidecar.processReady({ concurrentSessions: CONCURRENT_SESSIONS }).catch(report);
});
