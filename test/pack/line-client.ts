// A game client of the minimal server: one line with its player session id, one line back, and it stays until disposed.
import { connect } from "node:net";
import { createInterface } from "node:readline";

export interface LineClient extends Disposable {
  /** What the server answered first. */
  readonly answer: string;
}

/** Connects, presents the id, and waits for the answer. */
export function joinServer(at: { readonly host: string; readonly port: number }, id: string): Promise<LineClient> {
  const socket = connect(at);
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("connect", () => socket.write(`${id}\n`));
    const lines = createInterface({ input: socket });
    lines.once("line", (answer) => resolve({ answer, [Symbol.dispose]: () => socket.destroy() }));
    lines.once("close", () => reject(new Error("Cannot read the server's answer as it hung up without one")));
  });
}
