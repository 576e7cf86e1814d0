import { createVirtualClock } from "@muster/kit/testing";
import { MusterError } from "@muster/proto";
import { expect, test } from "vitest";
import type { LegalConfig, MatcherConfig } from "./config.ts";
import { CONFIG_LOOK_MS, followConfig } from "./follow-config.ts";
import { configurationOf, createWorld, DUEL, worldConfig } from "./matcher-world.fixture.ts";

const said = (blanks: number) => JSON.stringify(DUEL) + " ".repeat(blanks);
const withDuel = (document: string): MatcherConfig => ({
  ...worldConfig,
  ruleSets: worldConfig.ruleSets.map((one) => (one.name === "duel" ? { name: "duel", document } : one)),
});

/** A matcher that follows a file, which is what the test says. */
async function createFollower() {
  const world = await createWorld();
  const lines: string[] = [];
  let file: () => LegalConfig = () => ({ config: worldConfig, refused: [] });
  const clock = createVirtualClock(0);
  /** Looks that have ended: between two of them the follower sleeps. */
  let looked = -1;
  const following = followConfig({
    config: worldConfig,
    read: async () => file(),
    put: (config) => world.run(world.putConfig(config)),
    clock: {
      ...clock,
      sleep(delayMs, signal) {
        looked += 1;
        return clock.sleep(delayMs, signal);
      },
    },
    onEvent: (event) => void lines.push("changed" in event ? `took over ${event.changed.join(", ")}` : event.type),
    onFatal: (error) => world.faults.push(error),
  });
  return {
    world,
    lines,
    write(next: MatcherConfig, ...refused: readonly string[]) {
      file = () => ({ config: next, refused: refused.map((why) => new MusterError("CONFIG_INVALID", why)) });
    },
    spoil(why: string) {
      file = () => {
        throw new MusterError("CONFIG_INVALID", why);
      };
    },
    /** Until the file has been looked at so often. */
    async looks(times: number) {
      const enough = looked + times;
      while (looked < enough) {
        const before = looked;
        await clock.advance(CONFIG_LOOK_MS);
        while (looked === before) await world.clock.advance(0);
      }
    },
    versions: async () => {
      const { configurations } = await world.configurations.listConfigurations({});
      const { ruleSets } = await world.configurations.listRuleSets({});
      return Object.fromEntries([...configurations, ...ruleSets].map(({ name, version }) => [name, version]));
    },
    async [Symbol.asyncDispose]() {
      await following[Symbol.asyncDispose]();
      expect(world.faults).toEqual([]);
      await world[Symbol.asyncDispose]();
    },
  };
}

const ONES = { duel: 1, group: 1, equal: 1, auto: 1 };

test("followConfig() puts what the file says anew, and nothing while it says the same", async () => {
  await using follower = await createFollower();
  await follower.looks(3);
  expect([await follower.versions(), follower.lines]).toEqual([ONES, []]);
  const [duel] = worldConfig.configurations;
  follower.write({
    ruleSets: withDuel(said(1)).ruleSets,
    configurations: [
      configurationOf({ name: "group", data: "new" }),
      configurationOf({ name: "more" }),
      ...(duel ? [duel] : []),
    ],
  });
  await follower.looks(3);
  // Two are called "duel": the rule set is shown.
  expect(await follower.versions()).toEqual({ ...ONES, duel: 2, group: 2, more: 1 });
  expect(follower.lines).toEqual(["took over rule set duel, configuration group, configuration more"]);
});

test("followConfig() takes over what is legal beside what is not, says so once, and goes on when it is mended", async () => {
  await using follower = await createFollower();
  follower.write({ ...withDuel(said(1)), configurations: [] }, "Cannot read $.configurations[0]");
  await follower.looks(3);
  expect(await follower.versions()).toEqual({ ...ONES, duel: 2 });
  expect(follower.lines).toEqual(["took over rule set duel", "refused"]);
  follower.write(withDuel(said(1)));
  await follower.looks(2);
  expect(follower.lines.slice(2)).toEqual(["mended"]);
});

test("followConfig() says nothing of a file that was half written for a moment", async () => {
  await using follower = await createFollower();
  follower.spoil("Cannot read muster.json as JSON");
  await follower.looks(1);
  follower.write(worldConfig);
  await follower.looks(2);
  expect([await follower.versions(), follower.lines]).toEqual([ONES, []]);
});

test("followConfig() tries again what the matcher refused, until it is taken", async () => {
  await using follower = await createFollower();
  const waiting = configurationOf({ name: "waiting", ruleSet: "later" });
  follower.write({ ...worldConfig, configurations: [...worldConfig.configurations, waiting] });
  await follower.looks(3);
  expect(follower.lines).toEqual(["refused"]);
  await follower.world.configurations.putRuleSet({ name: "later", document: said(0) });
  await follower.looks(1);
  expect(await follower.versions()).toEqual({ ...ONES, later: 1, waiting: 1 });
});

test("followConfig() leaves what a call has put since, until the file says something new of it", async () => {
  await using follower = await createFollower();
  await follower.world.configurations.putRuleSet({ name: "duel", document: said(5) });
  await follower.looks(3);
  expect(await follower.versions()).toEqual({ ...ONES, duel: 2 });
});
