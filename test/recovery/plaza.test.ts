// A plaza that people drift in and out of, on a real matcher and a real fleet: it keeps being full, whatever leaves while its fills
// are under way, and nobody begins another while it has room.
import { createMemoryJournal } from "@muster/journal";
import { createSeededRandom, systemClock } from "@muster/kit";
import { createMatcher } from "@muster/matcher";
import { createFleetWorld } from "@muster/mock-fleet/testing";
import { MatchmakingServiceDefinition, noProperties } from "@muster/proto/matchmaking";
import { createMemoryNetwork } from "@muster/proto/rpc";
import { silentLog } from "@muster/service";
import { expect, test } from "vitest";

const SEATS = 200;
const PLAZA = { version: "v1.0", teams: [{ name: "plaza", minPlayers: 1, maxPlayers: SEATS }] };

test("a plaza of 200 seats has 600 visitors, and is full at the end", async () => {
  const net = createMemoryNetwork({ clock: systemClock, random: createSeededRandom(1) });
  await using fleet = await createFleetWorld({
    fleet: { processes: 1 },
    serve: async (services) => ({ listening: net.serve("fleet", services), network: net.from("hosts") }),
  });
  const faults: unknown[] = [];
  await using matcher = await createMatcher({
    ...{ journal: createMemoryJournal(), clock: systemClock, random: createSeededRandom(2) },
    ...{ network: net.from("matcher"), fleetAddress: "fleet", endpoint: "matcher", owner: "matcher", log: silentLog },
    onFatal: (error) => faults.push(error),
    config: {
      ruleSets: [{ name: "plaza", document: JSON.stringify(PLAZA) }],
      configurations: [
        {
          ...{ name: "plaza", ruleSet: "plaza", queue: "default", requestTimeoutMs: 600_000, autoBackfill: true },
          ...{ settleMs: 10, properties: {}, data: "", placementRetries: 2 },
          backfill: {
            ...{ order: "FULLEST_FIRST", preferRunning: true, fillPlayersMax: undefined },
            approvalTimeoutMs: undefined,
          },
        },
      ],
    },
  });
  net.serve("matcher", matcher.services);
  await using peer = net.from("backend").connect("matcher");
  const matching = peer.client(MatchmakingServiceDefinition);
  let queued = 0;
  const queue = (count: number) =>
    Promise.all(
      Array.from({ length: count }, () => {
        queued += 1;
        const players = [{ playerId: `p${queued}`, attributes: {}, latenciesMs: {}, team: "" }];
        return matching.startMatching({ ...noProperties, configuration: "plaza", ticketId: `t${queued}`, players });
      }),
    );
  const seats = () => [...(fleet.hosts[0]?.sessions.values() ?? [])].flatMap(({ playerSessions }) => playerSessions);
  const until = async (count: number) => {
    while (seats().length < count) await systemClock.sleep(5);
  };
  await queue(SEATS);
  await until(SEATS);
  const gone = new Set<string>();
  while (queued < 3 * SEATS) {
    const leaving = seats()
      .filter(({ playerSessionId }) => !gone.has(playerSessionId))
      .slice(0, 20);
    for (const { playerSessionId } of leaving) {
      gone.add(playerSessionId);
      await fleet.hosts[0]?.command({ $case: "removeSeat", value: { playerSessionId } });
    }
    await queue(leaving.length); // As many as left, so that there is room for all of them.
  }
  // Who came before the matcher had heard of a free seat waits for another plaza: others take the seat.
  while (seats().length < SEATS) {
    await queue(1);
    await systemClock.sleep(20);
  }
  expect(fleet.hosts[0]?.sessions.size).toBe(1);
  expect(seats()).toHaveLength(SEATS);
  expect(faults).toEqual([]);
}, 60_000);
