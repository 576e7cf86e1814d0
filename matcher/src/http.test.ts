// The matcher's calls as JSON over HTTP: a backend without gRPC starts tickets, and its watch goes on where it was.
import { type HttpErrorBody, serveHttp } from "@muster/proto/http";
import { expect, test } from "vitest";
import { openSocketWorld } from "./socket-world.fixture.ts";

async function start() {
  await using opened = new AsyncDisposableStack();
  const world = opened.use(await openSocketWorld());
  const { services, readiness } = world.matcher;
  const server = opened.use(await serveHttp({ bind: "127.0.0.1:0", services, readiness, drainMs: 20 }));
  const url = (method: string) => `http://${server.address}/muster.matchmaking.v1.MatchmakingService/${method}`;
  const call = async (method: string, request: object) => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(url(method), { method: "POST", headers, body: JSON.stringify(request) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> & HttpErrorBody };
  };
  /** Reads events until one has `state`. */
  const watchUntil = async (query: string, state: string, lastEventId?: string) => {
    const headers = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
    const response = await fetch(`${url("WatchTickets")}?${query}`, { headers });
    const seen: { id: string; state: string }[] = [];
    let text = "";
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString();
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const [, id, data] = /^(?:id: (.*)\n)?data: (.*)$/m.exec(text.slice(0, end)) ?? [];
        text = text.slice(end + 2);
        const told = data === undefined ? undefined : JSON.parse(data).ticket?.state;
        if (told !== undefined) seen.push({ id: id ?? "", state: told });
        if (told === state) {
          return seen;
        }
      }
    }
    return seen;
  };
  const closing = opened.move();
  return { call, watchUntil, url, server, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

test("a backend without gRPC starts tickets, hears how they end, and reads the answer", async () => {
  await using matcher = await start();
  for (const playerId of ["ann", "ben"]) {
    const players = [{ playerId, attributes: { skill: 1 } }];
    const { status, body } = await matcher.call("StartMatching", {
      configuration: "duel",
      ticketId: playerId,
      players,
    });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { ticket: { ticketId: playerId, state: "SEARCHING" } },
    });
  }
  const seen = await matcher.watchUntil("ticketIds=ann", "COMPLETED");
  expect(seen.map(({ state }) => state)).toEqual(["SEARCHING", "PLACING", "COMPLETED"]);
  const rest = await matcher.watchUntil("ticketIds=ann", "COMPLETED", seen[0]?.id);
  expect(rest).toEqual(seen.slice(1));
  const { body } = await matcher.call("DescribeMatchingProgress", { ticketIds: ["ann"] });
  expect(body).toMatchObject({
    tickets: [{ state: "COMPLETED", assignment: { battleSessionId: expect.any(String) } }],
  });
});

test("a refusal over HTTP has the reason and field that it has everywhere", async () => {
  await using matcher = await start();
  const players = [{ playerId: "ann", attributes: { skill: 1 }, latenciesMs: { eu: -1 } }];
  expect(await matcher.call("StartMatching", { configuration: "duel", players })).toMatchObject({
    status: 400,
    body: { status: "INVALID_ARGUMENT", reason: "FIELD_INVALID", field: "players[0].latencies_ms.eu", retry: "never" },
  });
  expect(await matcher.call("CancelMatching", { ticketId: "none" })).toMatchObject({
    status: 404,
    body: { status: "NOT_FOUND", reason: "TICKET_NOT_FOUND" },
  });
  const ready = await fetch(`http://${matcher.server.address}/readyz`);
  expect(ready.status).toBe(200);
});
