// One client's connection. It may be slow, broken or hostile: everything that it can make the server hold has a limit.
import type { RawData, WebSocket } from "ws";
import { type ClientMessage, ProtocolError, parseClientMessage, type Refusal } from "./core/protocol.ts";
import { type Bucket, CLIENT_RATE, createBucket, takeToken } from "./core/rate.ts";

export type LinkLimits = {
  /** From the connection to the welcome, in ms. */
  readonly joinMs: number;
  /** A client that answers no ping for so long is gone, in ms. Every third of it one is sent. */
  readonly silenceMaxMs: number;
  /** A client that reads nothing for so long is cut off, in ms; its seat is held as after any broken connection. */
  readonly stalledMaxMs: number;
};

export const LINK_LIMITS: LinkLimits = { joinMs: 5_000, silenceMaxMs: 15_000, stalledMaxMs: 5_000 };

/** Unsent bytes from which states are skipped: about a second of battle. */
const BACKLOG_BYTES_MAX = 64 * 1024;

/** What a client may take to close its side after a refusal, in ms. */
const CLOSE_MS = 2_000;

export type LinkEvents = {
  /** Called for one message after the other: the next one waits until this one has been handled. */
  readonly onMessage: (message: ClientMessage, link: ClientLink) => Promise<void>;
  /** Called once, however the connection ended. */
  readonly onClosed: (link: ClientLink) => void;
};

export class ClientLink {
  readonly #socket: WebSocket;
  readonly #events: LinkEvents;
  readonly #limits: LinkLimits;
  readonly #joinTimer: NodeJS.Timeout;
  readonly #pingTimer: NodeJS.Timeout;
  #bucket: Bucket = createBucket(CLIENT_RATE, performance.now());
  #handled: Promise<void> = Promise.resolve();
  #heardAtMs = performance.now();
  #stalledSinceMs: number | undefined;
  #closed = false;

  constructor(socket: WebSocket, limits: LinkLimits, events: LinkEvents) {
    this.#socket = socket;
    this.#events = events;
    this.#limits = limits;
    const late = `Cannot wait for a join longer than ${limits.joinMs} ms: none was accepted`;
    this.#joinTimer = setTimeout(() => this.refuse("JOIN_TIMED_OUT", late), limits.joinMs);
    this.#pingTimer = setInterval(() => this.#ping(), limits.silenceMaxMs / 3);
    socket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    socket.on("pong", () => {
      this.#heardAtMs = performance.now();
    });
    socket.on("error", () => socket.terminate()); // "close" follows: too large a message, or no WebSocket at all.
    socket.on("close", () => this.#end());
  }

  /** Whether nothing reaches the client any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /** The client is a player now: the wait for its `join` is over. */
  admit(): void {
    clearTimeout(this.#joinTimer);
  }

  /** Sends what must arrive. */
  send(text: string): void {
    if (!this.#closed) this.#socket.send(text);
  }

  /** Sends what the next one replaces: skipped while the client does not keep up. */
  sendState(text: string): void {
    if (this.#socket.bufferedAmount <= BACKLOG_BYTES_MAX) {
      this.#stalledSinceMs = undefined;
      this.send(text);
      return;
    }
    const nowMs = performance.now();
    this.#stalledSinceMs ??= nowMs;
    if (nowMs - this.#stalledSinceMs > this.#limits.stalledMaxMs) this.#socket.terminate();
  }

  /** Says why, and closes. `reason` is a word of the arena's or a reason of Muster's. */
  refuse(reason: Refusal | (string & {}), message: string): void {
    this.close(JSON.stringify({ type: "refused", reason, message }));
  }

  /** Closes after a last text, if there is one. Nothing is received any more. */
  close(lastText?: string): void {
    if (this.#closed) return;
    if (lastText !== undefined) this.#socket.send(lastText);
    this.#socket.close(1000);
    const socket = this.#socket;
    setTimeout(() => socket.terminate(), CLOSE_MS).unref();
    this.#end();
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#closed) return;
    const nowMs = performance.now();
    this.#heardAtMs = nowMs;
    const bucket = takeToken(this.#bucket, CLIENT_RATE, nowMs);
    if (bucket) {
      this.#bucket = bucket;
      this.#read(data, isBinary);
    } else {
      this.refuse("RATE_EXCEEDED", `Cannot take more than ${CLIENT_RATE.perSecond} messages a second: there are more`);
    }
  }

  #read(data: RawData, isBinary: boolean): void {
    try {
      if (isBinary) throw new ProtocolError("", "text", "it is binary");
      const message = parseClientMessage(String(data));
      this.#handled = this.#handled.then(() => (this.#closed ? undefined : this.#events.onMessage(message, this)));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.refuse("MESSAGE_INVALID", error.message);
    }
  }

  #ping(): void {
    if (performance.now() - this.#heardAtMs > this.#limits.silenceMaxMs) this.#socket.terminate();
    else this.#socket.ping();
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#joinTimer);
    clearInterval(this.#pingTimer);
    this.#events.onClosed(this);
  }
}
