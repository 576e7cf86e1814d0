// The stories of the examples, played by their bots and seen from outside: who goes, who comes back, who never comes, and
// that the seats are filled again.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChangeReason } from "@muster/proto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ExampleRun, type Moment, runExample } from "./example-run.ts";
import { muster } from "./muster-command.ts";
import { nothingLeft } from "./orphans.ts";

/** On a machine with much else to do a chapter takes long; here it is some seconds. */
const CHAPTER_MS = 90_000;
const STOP_MS = 30_000;

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-story-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const see = (example: ExampleRun, what: string, wanted: (moment: Moment) => boolean) =>
  example.moments.see(what, wanted, { withinMs: CHAPTER_MS });

/** The first moment of `reason`, and the first fill of that session after it. */
async function seeRefill(example: ExampleRun, reason: ChangeReason): Promise<void> {
  const { session } = await see(example, reason, ({ change }) => change.reason === reason);
  const from = example.moments.items.findIndex(({ change }) => change.reason === reason);
  const wanted = ({ change }: Moment) =>
    change.battleSessionId === session.battleSessionId && change.reason === "PLAYERS_ADDED";
  await example.moments.see(`a fill after ${reason}`, wanted, { from, withinMs: CHAPTER_MS });
}

function expectSeatsToFit(moments: readonly Moment[]): void {
  for (const { session, change } of moments) {
    const about = `${change.battleSessionId} ${change.revision} ${change.reason}`;
    expect(session.playerSessions.length, about).toBeLessThanOrEqual(session.capacity);
    for (const team of session.teams) {
      const size = session.playerSessions.filter((seat) => seat.team === team.name).length;
      expect(size, `${about} ${team.name}`).toBeLessThanOrEqual(team.capacity);
    }
  }
}

test("the restless arena refills the seats of leavers, vanished and no-shows, and keeps those of returners", async () => {
  await using example = await runExample("arena/restless.json", folder);
  await Promise.all([
    seeRefill(example, "PLAYER_REMOVED"),
    seeRefill(example, "GRACE_EXPIRED"),
    seeRefill(example, "RESERVATION_EXPIRED"),
    see(example, "somebody who came back", ({ change }) => change.reason === "PLAYER_RETURNED"),
  ]);
  const { items } = example.moments;
  expectSeatsToFit(items);
  for (const { session, change } of items.filter((moment) => moment.change.reason === "PLAYERS_ADDED")) {
    const sizes = session.teams.map(({ name }) => session.playerSessions.filter(({ team }) => team === name).length);
    expect(new Set(sizes).size, `${change.battleSessionId} ${change.revision}: ${sizes}`).toBe(1);
  }
  expect(await example.stop()).toBe(0);
  await nothingLeft(example.run, example.ports, STOP_MS);
});

test("the lobby lives by auto backfill: bots drift in and out of one world", async () => {
  await using example = await runExample("lobby/muster.json", folder);
  const full = await see(example, "twenty guests", ({ session }) => {
    return session.playerSessions.filter(({ state }) => state === "ACTIVE").length >= 20;
  });
  const before = example.moments.items.slice(0, example.moments.items.indexOf(full));
  expect(new Set(before.map(({ session }) => session.battleSessionId))).toEqual(
    new Set([full.session.battleSessionId]),
  );
  await Promise.all([
    seeRefill(example, "PLAYER_REMOVED"),
    see(example, "somebody who came back", ({ change }) => change.reason === "PLAYER_RETURNED"),
  ]);
  const { code, out } = await muster(["backfill", "list", ...example.addresses]);
  expect({ code, out }).toEqual({
    code: 0,
    out: expect.stringMatching(new RegExp(`${full.session.battleSessionId} +SEARCHING +MAX_POSSIBLE`)),
  });
  expectSeatsToFit(example.moments.items);
  expect(await example.stop()).toBe(0);
  await nothingLeft(example.run, example.ports, STOP_MS);
});
