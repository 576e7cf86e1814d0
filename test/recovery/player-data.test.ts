// What a backend says of a player comes to the game server as it was said: through a match, a fill that the game is asked about, and
// restarts of every part on the way. So does the team that the player asked for.
import { createMemoryJournal } from "@muster/journal";
import { createSeededRandom, systemClock } from "@muster/kit";
import { createMatcher } from "@muster/matcher";
import { MatchmakingServiceDefinition } from "@muster/proto/matchmaking";
import { silentLog } from "@muster/service";
import { expect, test } from "vitest";
import { createNewsWorld } from "./news-world.ts";

const DUOS = {
  version: "v1.0",
  teams: ["red", "blue"].map((name) => ({ name, minPlayers: 1, maxPlayers: 2 })),
};
const config = {
  ruleSets: [{ name: "duos", document: JSON.stringify(DUOS) }],
  configurations: [
    {
      ...{ name: "duos", ruleSet: "duos", queue: "default", requestTimeoutMs: 60_000, autoBackfill: true },
      ...{ settleMs: 10, properties: {}, data: "", placementRetries: 2 },
      backfill: {
        ...{ order: "OLDEST_FIRST" as const, preferRunning: false, fillPlayersMax: undefined },
        approvalTimeoutMs: 5_000,
      },
    },
  ],
};
/** As odd as text may be. */
const DATA = { ann: '{"skin":"böse"}', ben: "", cid: ' \u{1f98a} \\ "', dan: undefined };
const TEAMS = { ann: "blue", ben: "red", cid: "blue", dan: "" };
type Name = keyof typeof DATA;

test("a player's data and requested team reach the game server by a match and by a fill, over restarts", async () => {
  await using world = await createNewsWorld(3);
  const { net, game } = world;
  const journal = createMemoryJournal();
  const faults: unknown[] = [];
  const open = async () => {
    const matcher = await createMatcher({
      ...{ journal, clock: systemClock, random: createSeededRandom(2), config, snapshotEveryFacts: 1 },
      ...{ network: net.from("matcher"), fleetAddress: "fleet", endpoint: "matcher", owner: "matcher", log: silentLog },
      onFatal: (error) => faults.push(error),
    });
    net.serve("matcher", matcher.services);
    return matcher;
  };
  let matcher = await open();
  await using peer = net.from("backend").connect("matcher");
  const matching = peer.client(MatchmakingServiceDefinition);
  const start = (name: Name) => {
    const player = { playerId: name, attributes: {}, latenciesMs: {}, team: TEAMS[name], data: DATA[name] };
    const request = { ticketId: `t-${name}`, configuration: "duos", players: [player] };
    return matching.startMatching({ ...request, stringProperties: {}, numericProperties: {} });
  };
  const seated = () => game.sessions.flatMap(({ players }) => players);
  const untilSeated = async (count: number) => {
    while (seated().length !== count) await systemClock.sleep(2);
  };
  const proposed: unknown[] = [];
  game.approveFill(({ newcomers }) => {
    proposed.push(...newcomers.map(({ playerId, data, team }) => [playerId, data, team]));
    return true;
  });

  await start("ann");
  await matcher[Symbol.asyncDispose](); // The ticket is one of a snapshot from here on.
  matcher = await open();
  await start("ben");
  await untilSeated(2);
  await start("cid");
  await untilSeated(3);
  await start("dan");
  await untilSeated(4);
  const rows = (["ann", "ben", "cid", "dan"] as const).map((name) => [name, DATA[name], TEAMS[name] || "red"]);
  const seats = () => seated().map(({ playerId, data, team }) => [playerId, data, team]);
  expect(seats().toSorted()).toEqual(rows);
  expect(proposed).toEqual(rows.slice(2));
  // Who comes back later is told it all anew.
  world.restartSidecar();
  await world.restartFleet();
  const [battle] = game.sessions;
  const shown = await world.fleet.describe(battle?.battleSessionId ?? "");
  expect(shown.playerSessions.map(({ playerId, data, team }) => [playerId, data, team]).toSorted()).toEqual(rows);
  const { tickets } = await matching.describeMatchingProgress({ ticketIds: ["t-ann", "t-cid"] });
  expect(tickets.map(({ players }) => players[0]?.data)).toEqual([DATA.ann, DATA.cid]);
  expect(faults).toEqual([]);
  await matcher[Symbol.asyncDispose]();
});
