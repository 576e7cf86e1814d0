import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import type { WebSocket } from "ws";
import { ClientLink, LINK_LIMITS } from "./client-link.ts";

/** A socket whose unsent bytes the test sets. */
class StuckSocket extends EventEmitter {
  bufferedAmount = 0;
  sent = 0;
  terminated = false;
  send = () => {
    this.sent += 1;
  };
  close = () => undefined;
  terminate = () => {
    this.terminated = true;
    this.emit("close");
  };
}

function openLink(stalledMaxMs: number) {
  const socket = new StuckSocket();
  const events = { onMessage: async () => undefined, onClosed: () => undefined };
  const link = new ClientLink(socket as unknown as WebSocket, { ...LINK_LIMITS, stalledMaxMs }, events);
  return { socket, link };
}

test("sendState() skips states for a client that does not keep up, and goes on when it does", () => {
  const { socket, link } = openLink(60_000);
  link.sendState("1");
  socket.bufferedAmount = 1_000_000;
  link.sendState("2");
  link.sendState("3");
  expect(socket).toMatchObject({ sent: 1, terminated: false });
  socket.bufferedAmount = 0;
  link.sendState("4");
  expect(socket.sent).toBe(2);
  link.close();
});

test("sendState() cuts off a client that reads nothing for too long", () => {
  const { socket, link } = openLink(-1); // Already too long when it is first looked at again.
  socket.bufferedAmount = 1_000_000;
  link.sendState("1");
  expect(socket.terminated).toBe(true);
  expect(link.closed).toBe(true);
});
