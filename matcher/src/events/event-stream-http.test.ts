// Events as server-sent events over a real socket, as a backend has them that cannot be called: in order, from where its reader was,
// however slow that is.
import { type IncomingMessage, request as sendRequest } from "node:http";
import { systemClock } from "@muster/kit";
import { noProperties } from "@muster/proto/matchmaking";
import { expect, test } from "vitest";
import { openSocketWorld, type SocketWorld } from "../socket-world.fixture.ts";
import { createScriptedPoster } from "./scripted-poster.fixture.ts";

const DUELS = 40;

async function open() {
  const world = await openSocketWorld({ events: { poster: createScriptedPoster(systemClock) } });
  const target = { name: "backend", url: "", configurations: [], types: [], eventsPerRequest: 0, concurrency: 0 };
  await world.events.putTarget({ target: { ...target, matchTokens: false }, secret: "" });
  return world;
}

/** Starts so many pairs, which all find their battle. */
async function play({ matching }: SocketWorld, prefix: string, pairs: number): Promise<void> {
  const start = (name: string) => {
    const players = [{ playerId: name, attributes: {}, latenciesMs: {}, team: "" }];
    return matching.startMatching({ configuration: "duel", ticketId: name, players, ...noProperties });
  };
  await Promise.all(Array.from({ length: 2 * pairs }, (_, index) => start(`${prefix}${index}`)));
}

/** Opens the stream as EventSource does, which brings the last id that it saw. */
async function get({ httpAddress }: SocketWorld, query: string, lastEventId?: string): Promise<IncomingMessage> {
  const url = `http://${httpAddress}/muster.matchmaking.v1.EventService/WatchEvents?${query}`;
  const headers = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
  return await new Promise((resolve, reject) => {
    sendRequest(url, { headers, agent: false }, resolve).once("error", reject).end();
  });
}

type Told = { readonly id: string; readonly eventId: string; readonly payload: string };

/** Events, without the messages that only say that the stream lives, up to the `count`th. Leaves the stream then. */
async function take(response: IncomingMessage, count: number): Promise<readonly Told[]> {
  const told: Told[] = [];
  let text = "";
  for await (const chunk of response) {
    text += Buffer.from(chunk).toString();
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const [, id = "", data] = /^(?:id: (.*)\n)?data: (.*)$/m.exec(text.slice(0, end)) ?? [];
      text = text.slice(end + 2);
      const { eventId, payload } = data === undefined ? { eventId: undefined, payload: undefined } : JSON.parse(data);
      if (eventId) told.push({ id, eventId, payload });
      if (told.length === count) return told;
    }
  }
  return told;
}

test("a reader that comes back with the last id that it saw misses no event and hears none twice", async () => {
  await using world = await open();
  await play(world, "a", 2);
  const all = 2 * 2 * 3; // SEARCHING, PLACING and COMPLETED of each ticket.
  const first = await take(await get(world, "name=backend&fromOldest=true"), 5);
  await play(world, "b", 1); // Nobody reads.
  const rest = await take(await get(world, "name=backend&fromOldest=true", first.at(-1)?.id), all - 5 + 6);
  const heard = [...first, ...rest];
  expect(new Set(heard.map(({ eventId }) => eventId)).size).toBe(all + 6);
  for (const ticketId of ["a0", "a1", "a2", "a3", "b0", "b1"]) {
    const numbers = heard.filter(({ eventId }) => eventId.startsWith(`ticket.${ticketId}.`));
    expect(numbers.map(({ eventId }) => eventId)).toEqual([1, 2, 3].map((number) => `ticket.${ticketId}.${number}`));
  }
  // By gRPC the same is told, to the byte.
  const stop = new AbortController();
  const request = { name: "backend", resumeToken: "", fromOldest: true };
  const streamed: string[] = [];
  for await (const { eventId, payload } of world.events.watchEvents(request, { signal: stop.signal })) {
    if (eventId !== "") streamed.push(payload);
    if (streamed.length === heard.length) break;
  }
  stop.abort();
  expect(heard.map(({ payload }) => payload)).toEqual(streamed);
});

test("a reader that takes nothing for a while holds nobody up, and then has everything in order", async () => {
  await using world = await open();
  const slow = await get(world, "name=backend");
  slow.pause();
  const quick = take(await get(world, "name=backend"), DUELS * 6);
  await play(world, "p", DUELS);
  const heard = await quick;
  expect(heard).toHaveLength(DUELS * 6);
  expect(await take(slow, DUELS * 6)).toEqual(heard);
});

const refused = [
  { name: "a target that is not there", query: "name=nobody", meets: [404, "EVENT_TARGET_NOT_FOUND"] },
  { name: "a token that is none", query: "name=backend&resumeToken=x", meets: [400, "FIELD_INVALID"] },
  { name: "a name that cannot be one", query: "name=a%20b", meets: [400, "ID_MALFORMED"] },
];
for (const { name, query, meets } of refused) {
  test(`a stream of events is refused for ${name}, as any call is`, async () => {
    await using world = await open();
    const response = await get(world, query);
    let body = "";
    for await (const chunk of response) body += Buffer.from(chunk).toString();
    expect([response.statusCode, JSON.parse(body).reason]).toEqual(meets);
  });
}
