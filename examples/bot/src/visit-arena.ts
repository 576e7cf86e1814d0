// One connection to the arena, from join to its end: steers about, and ends it as the bot's story wants.
import { WebSocket } from "ws";
import { type ArenaMessage, parseArenaMessage } from "./core/arena-message.ts";
import { drawBetween, type Random } from "./core/random.ts";
import type { Seat } from "./core/ticket-answer.ts";

export type Visit = {
  readonly seat: Seat;
  /** Of an earlier visit, to come back with. */
  readonly reconnectSecret: string | undefined;
  /** How long to play after the welcome, in ms. */
  readonly playMs: number;
  /** "leaves" says goodbye; "breaks" cuts the connection off without a word. */
  readonly ending: "leaves" | "breaks";
  readonly onJoined: (team: string) => void;
};

export type VisitEnd =
  | { readonly type: "left" }
  /** The connection broke, by the bot's will or not; the secret leads back in. */
  | { readonly type: "broke"; readonly reconnectSecret: string }
  | { readonly type: "refused"; readonly reason: string }
  | { readonly type: "over"; readonly reason: string }
  /** There was no connection, or it ended before the welcome. */
  | { readonly type: "unreachable" };

/** How often a bot changes its mind, in ms. */
const STEER_EVERY_MS = 500;

/** From the start of the connection to the welcome, in ms. */
const WELCOME_MS = 10_000;

/** What the server may take to close the connection of somebody who left, in ms. */
const GOODBYE_MS = 2_000;

/** Resolves when the connection has ended. An abort of `signal` makes the player leave at once. */
export function visitArena(visit: Visit, random: Random, signal: AbortSignal): Promise<VisitEnd> {
  const { seat, reconnectSecret, playMs, ending } = visit;
  const host = seat.host.includes(":") ? `[${seat.host}]` : seat.host;
  const socket = new WebSocket(`ws://${host}:${seat.port}`, { handshakeTimeout: WELCOME_MS, maxPayload: 64 * 1024 });
  const timers = new Set<NodeJS.Timeout>();
  let end: VisitEnd = { type: "unreachable" };
  let leaving = false;

  const send = (message: object) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  const leave = () => {
    leaving = true;
    if (end.type === "broke") end = { type: "left" };
    send({ type: "leave" });
    timers.add(setTimeout(() => socket.terminate(), GOODBYE_MS));
  };
  const steer = () => {
    const angle = drawBetween(random, 0, 2 * Math.PI);
    send({ type: "move", x: Math.cos(angle), y: Math.sin(angle) });
  };
  const handle = (message: ArenaMessage) => {
    if (message.type === "welcome") {
      // The goodbye may be on its way already: then the welcome has crossed it.
      end = leaving ? { type: "left" } : { type: "broke", reconnectSecret: message.reconnectSecret };
      visit.onJoined(message.team);
      timers.add(setInterval(steer, STEER_EVERY_MS));
      timers.add(setTimeout(() => (ending === "leaves" ? leave() : socket.terminate()), playMs));
    }
    // After a goodbye of our own, the server's is only its echo.
    if ((message.type === "refused" || message.type === "over") && end.type !== "left") end = message;
  };

  return new Promise((resolve) => {
    timers.add(setTimeout(() => end.type === "unreachable" && socket.terminate(), WELCOME_MS));
    signal.addEventListener("abort", leave);
    socket.on("open", () => {
      send({ type: "join", playerSessionId: seat.playerSessionId, ...(reconnectSecret && { reconnectSecret }) });
      if (signal.aborted) leave();
    });
    socket.on("message", (data) => handle(parseArenaMessage(String(data))));
    socket.on("error", () => socket.terminate()); // "close" follows, and `end` says what had been reached.
    socket.on("close", () => {
      for (const timer of timers) clearTimeout(timer);
      signal.removeEventListener("abort", leave);
      resolve(end);
    });
  });
}
