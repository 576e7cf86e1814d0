// A player's client of a chaos server. Every question has a deadline, and an end without an answer is no surprise.
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { systemClock } from "@muster/kit";
import { MusterError } from "@muster/proto";
import type { ServerAnswer, ServerRequest } from "../server/protocol.ts";

const ANSWER_MS = 5_000;

type Asked = ServerRequest extends infer Request
  ? Request extends ServerRequest
    ? Omit<Request, "id">
    : never
  : never;

export type Address = { readonly host: string; readonly ports: Readonly<Record<string, number>> };

export class GameClient implements Disposable {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (answer: ServerAnswer) => void>();
  readonly #broken: Promise<never>;
  #lastId = 0;

  constructor({ host, ports }: Address) {
    this.#socket = connect({ host, port: ports.game ?? 0 });
    this.#socket.on("error", () => this.#socket.destroy());
    this.#broken = new Promise((_, reject) => {
      this.#socket.once("close", () =>
        reject(new MusterError("PEER_UNREACHABLE", "Cannot ask on as the server is gone")),
      );
    });
    this.#broken.catch(() => undefined); // Whoever asks hears of it.
    const lines = createInterface({ input: this.#socket });
    lines.on("line", (line) => this.#read(JSON.parse(line)));
    lines.on("error", () => undefined); // The socket's own, told a second time.
  }

  /** @throws {MusterError} what the server refused with; PEER_UNREACHABLE or DEADLINE_PASSED where nobody knows. */
  async ask(request: Asked): Promise<{ readonly reconnectSecret?: string }> {
    this.#lastId += 1;
    const id = this.#lastId;
    const answered = new Promise<ServerAnswer>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.write(`${JSON.stringify({ ...request, id })}\n`);
    const waiting = new AbortController();
    const late = systemClock.sleep(ANSWER_MS, waiting.signal).then(
      () => {
        throw new MusterError("DEADLINE_PASSED", "Cannot wait on for the server as the time is over");
      },
      () => new Promise<never>(() => undefined),
    );
    try {
      const answer = await Promise.race([answered, this.#broken, late]);
      if (!("refused" in answer)) return answer;
      throw new MusterError(answer.refused as MusterError["reason"], `Cannot go on as the server refused it`);
    } finally {
      waiting.abort();
      late.catch(() => undefined);
      this.#waiting.delete(id);
    }
  }

  /** Breaks the connection as a cable that is pulled out does. */
  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #read(message: ServerAnswer): void {
    this.#waiting.get(message.answer)?.(message);
  }
}
