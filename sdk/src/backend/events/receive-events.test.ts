import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import type { BackendEvent } from "./event.ts";
import { type EventReceiver, type ReceiveOptions, receiveEvents } from "./receive-events.ts";
import { verifyEvents } from "./verify-events.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const NOW_MS = 1_614_265_330_000;
const clock = { wallMs: () => NOW_MS };

function sign(body: string, options: { readonly secret?: string; readonly atMs?: number; readonly id?: string } = {}) {
  const { secret = SECRET, atMs = NOW_MS, id = "one" } = options;
  const timestamp = String(Math.floor(atMs / 1_000));
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
}

const ticket = {
  ticketId: "t-1",
  state: "SEARCHING",
  version: 1,
  players: [],
  createdAt: "2027-01-02T08:00:00.000Z",
  returns: 0,
};
function eventOf(changes: object = {}) {
  return {
    ...{ id: "ticket.t-1.1", type: "TICKET_SEARCHING", timestamp: "2027-01-02T08:00:00.000Z", number: 1 },
    ...{ configuration: "duel", data: { ticket }, ...changes },
  };
}

function open(options: Partial<ReceiveOptions> = {}) {
  const heard: BackendEvent[] = [];
  const receiver = receiveEvents({ secrets: [SECRET], clock, onEvent: (event) => void heard.push(event), ...options });
  return { heard, receiver };
}

const send = (receiver: EventReceiver, document: unknown) => {
  const body = JSON.stringify(document);
  return receiver.receive({ headers: sign(body), body });
};

test("verifyEvents() takes the published example of Standard Webhooks for signed", () => {
  const request = {
    headers: {
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,bm9wZQ== v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    },
    body: '{"test": 2432232314}',
  };
  // It is signed, and then no event of ours.
  expect(() => verifyEvents(request, { secrets: [SECRET], clock })).toThrow(
    expect.objectContaining({ reason: "FIELD_INVALID" }),
  );
});

const body = JSON.stringify(eventOf());
const requests = [
  { name: "signed", headers: sign(body), status: 204 },
  { name: "signed a little ago", headers: sign(body, { atMs: NOW_MS - 299_000 }), status: 204 },
  { name: "signed long ago", headers: sign(body, { atMs: NOW_MS - 302_000 }), status: 401 },
  { name: "signed in the future", headers: sign(body, { atMs: NOW_MS + 302_000 }), status: 401 },
  { name: "signed with another secret", headers: sign(body, { secret: OTHER }), status: 401 },
  { name: "signed for another body", headers: sign("{}"), status: 401 },
  { name: "of another id than was signed", headers: { ...sign(body), "webhook-id": "two" }, status: 401 },
  { name: "not signed", headers: {}, status: 401 },
  { name: "signed by another version", headers: { ...sign(body), "webhook-signature": "v2,AAAA" }, status: 401 },
];
for (const { name, headers, status } of requests) {
  test(`a request that is ${name} is answered ${status}`, async () => {
    const { heard, receiver } = open();
    expect(await receiver.receive({ headers, body })).toBe(status);
    expect(heard).toHaveLength(status === 204 ? 1 : 0);
  });
}

for (const secrets of [[""], ["whsec_"], [SECRET, ""], ["whsec_c2hvcnQ="]]) {
  test(`receiveEvents() refuses to begin with the secrets ${JSON.stringify(secrets)}`, () => {
    expect(() => open({ secrets })).toThrow(expect.objectContaining({ reason: "CONFIG_INVALID" }));
  });
}

test("during a rotation either secret will do", async () => {
  const { receiver } = open({ secrets: [OTHER, SECRET] });
  expect(await receiver.receive({ headers: new Headers(sign(body)), body: Buffer.from(body) })).toBe(204);
});

test("a repeat is answered, and not handled again, not even while the first is being handled", async () => {
  const gate = Promise.withResolvers<void>();
  let handled = 0;
  const { receiver } = open({
    async onEvent() {
      handled += 1;
      await gate.promise;
    },
  });
  const answers = [send(receiver, eventOf()), send(receiver, eventOf())];
  gate.resolve();
  expect(await Promise.all(answers)).toEqual([204, 204]);
  expect(await send(receiver, { events: [eventOf()] })).toBe(204);
  expect(handled).toBe(1);
});

test("what could not be handled is asked for again, and handled then", async () => {
  const faults: unknown[] = [];
  let tries = 0;
  const { receiver } = open({
    onEvent() {
      tries += 1;
      if (tries === 1) throw new Error("the database is away");
    },
    onFault: (error) => faults.push(error),
  });
  expect([await send(receiver, eventOf()), await send(receiver, eventOf())]).toEqual([500, 204]);
  expect([tries, faults.length]).toEqual([2, 1]);
});

test("several events of a request are handled one after the other, in order", async () => {
  const { heard, receiver } = open();
  const events = [1, 2, 3].map((number) => eventOf({ id: `ticket.t-1.${number}`, number }));
  expect(await send(receiver, { events })).toBe(204);
  expect(heard.map(({ number }) => number)).toEqual([1, 2, 3]);
});

test("no more ids are remembered than was said", async () => {
  const { heard, receiver } = open({ rememberedMax: 1 });
  for (const id of ["a.1", "b.1", "a.1"]) await send(receiver, eventOf({ id }));
  expect(heard).toHaveLength(3);
});

const typed = [
  {
    name: "a completed ticket with where to go",
    event: eventOf({ type: "TICKET_COMPLETED", data: { ticket: { ...ticket, assignment: { players: [] } } } }),
    shape: { type: "TICKET_COMPLETED", ticket: { createdAt: new Date("2027-01-02T08:00:00Z"), assignment: {} } },
  },
  {
    name: "a proposal with its deadline as a time",
    event: eventOf({
      type: "MATCH_PROPOSED",
      data: { ticket: { ...ticket, proposal: { expiresAt: "2027-01-02T08:00:30.000Z", players: [] } } },
    }),
    shape: { type: "MATCH_PROPOSED", ticket: { proposal: { expiresAt: new Date("2027-01-02T08:00:30Z") } } },
  },
  {
    name: "a backfill apart from its session",
    event: eventOf({
      type: "BACKFILL_CHANGED",
      data: { session: { battleSessionId: "bs_1", matchId: "m_1", backfill: { state: "PAUSED" } } },
    }),
    shape: { session: { battleSessionId: "bs_1", matchId: "m_1" }, backfill: { state: "PAUSED" } },
  },
  {
    name: "a party with its offers as times",
    event: eventOf({
      type: "PARTY_CHANGED",
      data: {
        party: {
          partyId: "p",
          change: { type: "INVITED", playerId: "bo" },
          offers: [{ expiresAt: "2027-01-02T08:00:30.000Z" }],
        },
      },
    }),
    shape: {
      type: "PARTY_CHANGED",
      party: { partyId: "p", offers: [{ expiresAt: new Date("2027-01-02T08:00:30Z") }] },
    },
  },
  {
    name: "a request that was refused with the ticket that stands",
    event: eventOf({ type: "TICKET_DUPLICATE", data: { duplicate: { ticketId: "t-2", heldBy: "t-1" } } }),
    shape: { type: "TICKET_DUPLICATE", duplicate: { ticketId: "t-2", heldBy: "t-1" } },
  },
  {
    name: "the end of a session with its cause",
    event: eventOf({ type: "SESSION_ENDED", data: { session: { battleSessionId: "bs_1", endCause: "GAME_ENDED" } } }),
    shape: { type: "SESSION_ENDED", endCause: "GAME_ENDED" },
  },
  {
    name: "what a newer matcher tells by its name",
    event: eventOf({ type: "TICKET_FROZEN", data: { any: 1 } }),
    shape: { type: "UNKNOWN", name: "TICKET_FROZEN", data: { any: 1 } },
  },
];
for (const { name, event, shape } of typed) {
  test(`a receiver hears of ${name}`, async () => {
    const { heard, receiver } = open();
    expect(await send(receiver, event)).toBe(204);
    expect(heard[0]).toMatchObject(shape);
  });
}

const malformed = [[], "text", {}, { events: {} }, eventOf({ id: "" }), eventOf({ data: undefined })];
for (const document of malformed) {
  test(`a signed ${JSON.stringify(document).slice(0, 30)} is answered 400`, async () => {
    expect(await send(open().receiver, document)).toBe(400);
  });
}

test("handle() serves a server of node:http", async () => {
  const { heard, receiver } = open();
  const server = createServer((request, response) => void receiver.handle(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { status } = await fetch(url, { method: "POST", headers: sign(body), body });
  server.close();
  server.closeAllConnections();
  expect([status, heard.length]).toEqual([204, 1]);
});
