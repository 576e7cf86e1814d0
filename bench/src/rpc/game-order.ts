// What the benchmark asks of the game that it measures from, and what it is answered: one JSON line each way over a
// connection of its own, on the game's port.
import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import type { Block } from "./load.ts";

export type GameOrder = {
  /** Through the SDK and the sidecar, or bare to the echo at `echoAddress`. */
  readonly through: "sdk" | "echo";
  readonly echoAddress: string;
  /** One call for each. Through the SDK they must be reserved seats of the game's sessions. */
  readonly playerSessionIds: readonly string[];
  readonly inFlight: number;
};

export type GameAnswer = { readonly block: Block } | { readonly failure: string };

/** Has the game at `port` of this machine carry the order out. */
export async function giveOrder(port: number, order: GameOrder): Promise<Block> {
  const answer = await askGame<GameAnswer>(port, order);
  if ("failure" in answer) throw new Error(`Cannot measure in the game: ${answer.failure}`);
  return answer.block;
}

/** Says one line to the game at `port` of this machine; resolves with the line that it answers. */
export async function askGame<Answer>(port: number, order: object): Promise<Answer> {
  const socket = connect({ host: "127.0.0.1", port });
  try {
    await once(socket, "connect");
    socket.write(`${JSON.stringify(order)}\n`);
    for await (const line of createInterface({ input: socket })) {
      const answer: Answer = JSON.parse(line);
      return answer;
    }
    throw new Error("Cannot measure in the game as it hung up");
  } finally {
    socket.destroy();
  }
}
