import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { openFront } from "./front.ts";

/** A server that answers every piece with its name before it. */
async function startEcho(name: string) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes) => socket.write(`${name}:${bytes}`));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const stop = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { port, [Symbol.dispose]: stop };
}

async function call(port: number) {
  const socket = connect({ host: "127.0.0.1", port });
  socket.setEncoding("utf8");
  await once(socket, "connect");
  const ask = async (text: string): Promise<string> => {
    socket.write(text);
    const [answer] = await once(socket, "data");
    return answer;
  };
  return { socket, ask, [Symbol.dispose]: () => void socket.destroy() };
}

test("a front leads new connections to where it points, and leaves open ones where they are", async () => {
  using first = await startEcho("first");
  using second = await startEcho("second");
  await using front = await openFront();
  front.pointAt(first.port);
  using before = await call(front.port);
  expect(await before.ask("a")).toBe("first:a");
  front.pointAt(second.port);
  using after = await call(front.port);
  expect([await before.ask("b"), await after.ask("c")]).toEqual(["first:b", "second:c"]);
});

test("a stalled front lets nothing through, and loses nothing", async () => {
  using echo = await startEcho("echo");
  await using front = await openFront();
  front.pointAt(echo.port);
  using caller = await call(front.port);
  expect(await caller.ask("a")).toBe("echo:a");
  front.stall();
  let isHere = false;
  const answer = caller.ask("b").then((text) => {
    isHere = true;
    return text;
  });
  using direct = await call(echo.port);
  expect(await direct.ask("c")).toBe("echo:c");
  expect(isHere).toBe(false);
  front.flow();
  expect(await answer).toBe("echo:b");
});

test("a front that drops ends what is open", async () => {
  using echo = await startEcho("echo");
  await using front = await openFront();
  front.pointAt(echo.port);
  using caller = await call(front.port);
  expect(await caller.ask("a")).toBe("echo:a");
  caller.socket.on("error", () => undefined);
  front.drop();
  await once(caller.socket, "close");
});

test("a front before nobody resets the connection", async () => {
  await using front = await openFront();
  front.pointAt(1);
  using caller = await call(front.port);
  await new Promise<void>((resolve) => {
    caller.socket.on("error", () => undefined);
    caller.socket.once("close", () => resolve());
  });
});
