// A player's client, or somebody who listens, over one TCP connection to a demo server.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { Observed } from "./observed.ts";
import type { ServerAnswer, ServerReport, ServerRequest } from "./server-protocol.ts";

type Asked = ServerRequest extends infer Request
  ? Request extends ServerRequest
    ? Omit<Request, "id">
    : never
  : never;

export class GameClient implements AsyncDisposable {
  /** What the server told, if this connection listens. */
  readonly reports = new Observed<ServerReport>();
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (answer: ServerAnswer) => void>();
  #lastId = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    createInterface({ input: socket }).on("line", (line) => this.#read(JSON.parse(line)));
    socket.on("error", () => socket.destroy()); // A server that is killed: whoever waits has a deadline.
  }

  static async connect(address: { readonly host: string; readonly ports: Readonly<Record<string, number>> }) {
    const socket = connect({ host: address.host, port: address.ports.game ?? 0 });
    await once(socket, "connect");
    return new GameClient(socket);
  }

  ask(request: Asked): Promise<ServerAnswer> {
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise, resolve } = Promise.withResolvers<ServerAnswer>();
    this.#waiting.set(id, resolve);
    this.#socket.write(`${JSON.stringify({ ...request, id })}\n`);
    return promise;
  }

  #read(message: ServerAnswer | ServerReport): void {
    if ("heard" in message) this.reports.add(message);
    else this.#waiting.get(message.answer)?.(message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
  }
}
