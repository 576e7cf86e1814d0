// onBattleSessionUpdated across everything that may come between: restarts of the sidecar and of the fleet, broken connections of the
// game. Whoever keeps a roster by the differences has the fleet's, and hears of each player's coming and going once.
import { createSeededRandom, systemClock } from "@muster/kit";
import { player } from "@muster/mock-fleet/testing";
import { MusterError } from "@muster/proto";
import { expect, test } from "vitest";
import { createNewsWorld, type NewsWorld } from "./news-world.ts";

const troubles = {
  "nothing at all": async () => undefined,
  "restarts of the sidecar": async (world: NewsWorld) => world.restartSidecar(),
  "broken connections of the game": async (world: NewsWorld) => world.breakGame(),
  "restarts of the fleet": (world: NewsWorld) => world.restartFleet(),
} as const;
const all = Object.values(troubles);

/** Somebody whom the sidecar let go on its own has left meanwhile. */
function ignoreStale(error: unknown): void {
  if (!(error instanceof MusterError) || error.reason !== "ROSTER_VERSION_STALE") throw error;
}

/** As a game keeps it by what it hears. */
function rosterOf(heard: NewsWorld["heard"]): ReadonlySet<string> {
  const roster = new Set<string>();
  for (const { added, removed } of heard) {
    for (const id of added) {
      expect([id, roster.has(id)]).toEqual([id, false]); // Nobody comes twice.
      roster.add(id);
    }
    for (const id of removed) expect([id, roster.delete(id)]).toEqual([id, true]); // Nor goes who is not there.
  }
  return roster;
}

for (const [name, trouble] of [
  ...Object.entries(troubles),
  [
    "all of them",
    async (world: NewsWorld, drawn: number) => {
      await all[drawn % all.length]?.(world);
    },
  ] as const,
]) {
  test(`every coming and going is heard once, and the backfill's last word, through ${name}`, async () => {
    await using world = await createNewsWorld(11);
    const random = createSeededRandom(5);
    const { battleSessionId } = await world.place();
    const backfill = (count: number) => ({
      ...{ backfillId: "bf_1", state: 1 as const, strategy: 1 as const, addPlayers: {}, cause: 0 as const },
      ...{ noLegalFill: false, progress: [{ team: "red", have: count, reserved: 0, goal: 10 }] },
    });
    for (let step = 0; step < 24; step += 1) {
      const session = await world.fleet.describe(battleSessionId);
      const seats = session.playerSessions;
      if (seats.length < 6 && random.fraction() < 0.7) {
        const fill = world.fleet.fleet.applyFill({
          ...{ fillId: `f${step}`, battleSessionId, expectedRosterVersion: session.rosterVersion },
          ...{ newcomers: [player(`p${step}`, "red")], backfill: backfill(step) },
          ...{ approvalTimeoutMs: 0, toleratesLeavers: false, knownRevision: 0 },
        });
        await fill.catch(ignoreStale);
      } else if (seats.length > 0) {
        const leaving = world.game.sessions[0]?.players[0];
        await leaving?.remove();
      } else {
        await world.fleet.fleet.updateServerSession({
          updateId: `u${step}`,
          battleSessionId,
          backfill: backfill(step),
        });
      }
      if (step % 3 === 2) await trouble(world, Math.floor(random.fraction() * 100));
    }
    await world.fleet.fleet.updateServerSession({ updateId: "last", battleSessionId, backfill: backfill(99) });
    // What the sidecar answered while the fleet was away reaches the fleet later than "last", perhaps: until both agree.
    const isTold = async () => {
      const final = await world.fleet.describe(battleSessionId);
      const isLast = world.heard.at(-1)?.backfill?.progress[0]?.have === 99;
      const ids = final.playerSessions.map(({ playerId }) => playerId).toSorted();
      const isSame = isLast && world.game.sessions[0]?.revision === final.revision;
      return isSame && JSON.stringify([...rosterOf(world.heard)].toSorted()) === JSON.stringify(ids);
    };
    while (!(await isTold())) await systemClock.sleep(5);
    if (name === "nothing at all") expect(world.heard.map(({ reason }) => reason)).not.toContain("SNAPSHOT");
  }, 30_000);
}
