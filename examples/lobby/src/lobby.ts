// The lobby: who is connected, and which seat is whose. It asks Muster about everybody who knocks and tells it about everybody
// who goes; that somebody else comes instead is the backfill's business.
import { timingSafeEqual } from "node:crypto";
import { MusterError, type Player, type Sidecar } from "@muster/sdk";
import type { WebSocket } from "ws";
import { type GuestMessage, parseGuestMessage } from "./core/guest-message.ts";
import { countSquares, enterPlaza, leavePlaza, type Plaza, stroll } from "./core/plaza.ts";

/** A client that sends no `join` for so long is sent away, in ms. */
const JOIN_MS = 5_000;

/** Unsent bytes from which a client misses crowds. */
const BACKLOG_BYTES_MAX = 64 * 1024;

/** Somebody with a seat; `socket` is undefined while the connection is broken. */
type Guest = {
  readonly playerSessionId: string;
  readonly player: Player;
  readonly reconnectSecret: string;
  socket: WebSocket | undefined;
};

export type LobbyOptions = {
  readonly sidecar: Pick<Sidecar, "acceptPlayerSession">;
  /** Hears what went wrong; the lobby goes on. */
  readonly onFault: (error: unknown) => void;
};

export class Lobby {
  readonly #options: LobbyOptions;
  readonly #guests = new Map<string, Guest>();
  #plaza: Plaza = new Map();

  constructor(options: LobbyOptions) {
    this.#options = options;
  }

  /** Guests whose seat is theirs, those with a broken connection included. */
  get guestCount(): number {
    return this.#guests.size;
  }

  /** A client has connected. Its messages are handled one after the other. */
  connect(socket: WebSocket): void {
    let guest: Guest | undefined;
    let handled = Promise.resolve();
    const patience = setTimeout(() => refuse(socket, "JOIN_TIMED_OUT"), JOIN_MS);
    const handle = async (message: GuestMessage) => {
      if (message.type === "join" && !guest) {
        guest = await this.#admit(message, socket);
        if (guest) clearTimeout(patience);
      } else if (message.type === "move" && guest) {
        this.#plaza = stroll(this.#plaza, guest.playerSessionId, message);
      } else if (message.type === "leave" && guest) {
        this.#forget(guest.playerSessionId);
        socket.close(1000);
        await guest.player.remove();
      } else {
        refuse(socket, "MESSAGE_UNEXPECTED");
      }
    };
    socket.on("message", (data) => {
      const message = parseGuestMessage(String(data));
      if (!message) return refuse(socket, "MESSAGE_INVALID");
      handled = handled.then(() => handle(message)).catch(this.#options.onFault);
    });
    socket.on("error", () => socket.terminate()); // "close" follows.
    socket.on("close", () => {
      clearTimeout(patience);
      handled = handled.then(() => (guest ? this.#lose(guest, socket) : undefined)).catch(this.#options.onFault);
    });
  }

  /** Seats that ended without us - a grace that ran out, an operator - lose their connection. */
  drop(playerSessionId: string): void {
    const guest = this.#guests.get(playerSessionId);
    this.#forget(playerSessionId);
    if (guest?.socket) refuse(guest.socket, "SEAT_ENDED");
  }

  /** Tells everybody how full which square is. */
  showCrowd(): void {
    const text = JSON.stringify({ type: "crowd", here: this.#guests.size, squares: countSquares(this.#plaza) });
    for (const { socket } of this.#guests.values()) {
      if (socket && socket.bufferedAmount < BACKLOG_BYTES_MAX) socket.send(text);
    }
  }

  /** The lobby is over. */
  close(reason: string): void {
    for (const { socket } of this.#guests.values()) {
      socket?.send(JSON.stringify({ type: "over", reason }));
      socket?.close(1000);
    }
    this.#guests.clear();
    this.#plaza = new Map();
  }

  async #admit(message: GuestMessage & { type: "join" }, socket: WebSocket): Promise<Guest | undefined> {
    const { playerSessionId, reconnectSecret } = message;
    try {
      await this.#replace(playerSessionId, reconnectSecret);
      const accepted = await this.#options.sidecar.acceptPlayerSession(playerSessionId, { reconnectSecret });
      const { player } = accepted;
      const guest: Guest = { playerSessionId, player, reconnectSecret: accepted.reconnectSecret, socket };
      this.#guests.set(playerSessionId, guest);
      this.#plaza = enterPlaza(this.#plaza, playerSessionId);
      const welcome = { type: "welcome", player: player.playerId, team: player.team ?? "guests" };
      socket.send(JSON.stringify({ ...welcome, reconnectSecret: guest.reconnectSecret }));
      return guest;
    } catch (error) {
      if (!(error instanceof MusterError)) throw error;
      refuse(socket, error.reason);
      return undefined;
    }
  }

  /** Who comes back while the old connection only seems alive gives that one up, if the secret is right. */
  async #replace(playerSessionId: string, secret: string | undefined): Promise<void> {
    const old = this.#guests.get(playerSessionId);
    if (!old?.socket || secret === undefined || !isSame(secret, old.reconnectSecret)) return;
    const { socket } = old;
    old.socket = undefined;
    refuse(socket, "REPLACED");
    await old.player.disconnect();
  }

  /** The connection broke: the seat is held for the grace. */
  async #lose(guest: Guest, socket: WebSocket): Promise<void> {
    if (guest.socket !== socket || this.#guests.get(guest.playerSessionId) !== guest) return;
    guest.socket = undefined;
    await guest.player.disconnect();
  }

  #forget(playerSessionId: string): void {
    this.#guests.delete(playerSessionId);
    this.#plaza = leavePlaza(this.#plaza, playerSessionId);
  }
}

function refuse(socket: WebSocket, reason: string): void {
  socket.send(JSON.stringify({ type: "refused", reason, message: `Cannot stay: ${reason}` }));
  socket.close(1000);
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
