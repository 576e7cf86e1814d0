// What matcher, fleet and sidecar tell of a ticket is one tree, though none of them has seen another's spans.
import { createMemoryJournal } from "@muster/journal";
import { createSeededRandom, systemClock } from "@muster/kit";
import type { Span, Tracer } from "@muster/kit/trace";
import { createMatcher } from "@muster/matcher";
import { MatchmakingServiceDefinition, noProperties } from "@muster/proto/matchmaking";
import type { Player } from "@muster/sdk";
import { silentLog, ticketSpanPlace } from "@muster/service";
import { expect, test } from "vitest";
import { createNewsWorld } from "../recovery/news-world.ts";

const PAIRS = { version: "v1.0", teams: [{ name: "all", minPlayers: 2, maxPlayers: 3 }] };
const config = {
  ruleSets: [{ name: "pairs", document: JSON.stringify(PAIRS) }],
  configurations: [
    {
      ...{ name: "pairs", ruleSet: "pairs", queue: "default", requestTimeoutMs: 60_000, autoBackfill: true },
      ...{ settleMs: 10, properties: {}, data: "", placementRetries: 2 },
    },
  ],
};

type Told = Span & { readonly by: string };
type Story = { readonly spans: readonly Told[]; readonly players: readonly Player[] };

/** Starts two tickets, which begin a battle, then a third, which is filled into it; every player is let in. */
async function playThree(tells: boolean): Promise<Story> {
  const spans: Told[] = [];
  const tracerOf = (by: string): Tracer => ({
    tells: () => tells,
    add: (span) => void (tells && spans.push({ ...span, by })),
  });
  await using world = await createNewsWorld(1, { tracerOf });
  const { net, game } = world;
  const faults: unknown[] = [];
  await using matcher = await createMatcher({
    ...{ journal: createMemoryJournal(), clock: systemClock, random: createSeededRandom(2), config },
    ...{ network: net.from("matcher"), fleetAddress: "fleet", endpoint: "matcher", owner: "matcher", log: silentLog },
    ...{ tracer: tracerOf("matcher"), onFatal: (error) => faults.push(error) },
  });
  net.serve("matcher", matcher.services);
  await using peer = net.from("backend").connect("matcher");
  const matching = peer.client(MatchmakingServiceDefinition);
  const start = (name: string) => {
    const players = [{ playerId: name, attributes: {}, latenciesMs: {}, team: "" }];
    return matching.startMatching({ ...noProperties, ticketId: `t-${name}`, configuration: "pairs", players });
  };
  const until = async (holds: () => boolean) => {
    while (!holds()) await systemClock.sleep(2);
  };
  const seated = () => game.sessions.flatMap(({ players }) => players);
  const acceptAll = async (count: number) => {
    await until(() => seated().length === count);
    for (const { playerSessionId, state } of seated()) {
      if (state === "RESERVED") await game.acceptPlayerSession(playerSessionId);
    }
  };
  await start("ann");
  await start("ben");
  await acceptAll(2);
  await start("cid");
  await acceptAll(3);
  const told = (name: string) => spans.filter((span) => span.name === name).length;
  if (tells) await until(() => told("accept player session") === 3 && told("ticket") === 3);
  expect(faults).toEqual([]);
  return { spans, players: seated() };
}

const FILLED = [
  "matcher: ticket",
  "matcher: ticket / search",
  "fleet: ticket / accept player session",
  "sidecar: ticket / accept player session / announce player",
  "sidecar: ticket / accept player session / admit player",
];
const PLACED = [
  ...FILLED,
  "matcher: ticket / place",
  "fleet: ticket / placement",
  "sidecar: ticket / placement / activate battle session",
  "sidecar: ticket / placement / activate battle session / load battle session",
];

test("a ticket's spans of matcher, fleet and sidecar hang together, from its start until the game has let the player in", async () => {
  const { spans, players } = await playThree(true);
  const rows = [
    { ticketId: "t-ann", paths: PLACED },
    { ticketId: "t-ben", paths: PLACED },
    { ticketId: "t-cid", paths: FILLED },
  ];
  for (const { ticketId, paths } of rows) {
    const { traceId } = ticketSpanPlace(ticketId, { name: "ticket" });
    const ofTicket = spans.filter((span) => span.traceId === traceId);
    expect(pathsOf(ofTicket)).toEqual(paths.toSorted());
    for (const { startMs, endMs, error } of ofTicket) expect([endMs >= startMs, error]).toEqual([true, undefined]);
  }
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(rows.length);
  for (const { ticketId, playerSessionId, traceparent } of players) {
    const { traceId, spanId } = ticketSpanPlace(ticketId ?? "", {
      name: "accept player session",
      key: playerSessionId,
    });
    expect(traceparent).toBe(`00-${traceId}-${spanId}-01`);
    expect(JSON.stringify(spans)).not.toContain(playerSessionId);
  }
});

test("of a trace that is not told nobody tells anything, and the game is offered no parent", async () => {
  const { spans, players } = await playThree(false);
  expect(spans).toEqual([]);
  expect(players.map(({ traceparent }) => traceparent)).toEqual([undefined, undefined, undefined]);
});

/** Each span by who told it and the names on the way down to it, sorted. */
function pathsOf(spans: readonly Told[]): readonly string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const pathOf = ({ name, parentSpanId }: Span): string => {
    if (parentSpanId === undefined) return name;
    const parent = byId.get(parentSpanId);
    return `${parent ? pathOf(parent) : "nobody"} / ${name}`;
  };
  return spans.map((span) => `${span.by}: ${pathOf(span)}`).toSorted();
}
