// The game's side of `game-order.ts`: one JSON line in, one out, on the game's port.
import { createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";

/** Listens on MUSTER_PORT of this machine, and answers each order by what `carryOut` makes of it, or by its failure. */
export function serveOrders<Order>(carryOut: (order: Order) => Promise<object>, onListening: () => void): void {
  const serve = async (socket: Socket) => {
    for await (const line of createInterface({ input: socket })) {
      const order: Order = JSON.parse(line);
      const answer = await carryOut(order).catch((error: unknown) => ({ failure: String(error) }));
      socket.write(`${JSON.stringify(answer)}\n`);
    }
  };
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy()); // The benchmark has its answer, or is gone.
    void serve(socket).catch(console.error);
  });
  server.listen(Number(process.env.MUSTER_PORT), "127.0.0.1", onListening);
}
