import { expect, test } from "vitest";
import { type AliasSpec, deleteAlias, listAliases, putAlias } from "./alias.ts";
import { createRehearsal, type Rehearsal } from "./rehearsal.ts";

const fleets = [
  { name: "blue", region: "eu" },
  { name: "green", region: "eu" },
];
const at = (name: string, fleet: string): AliasSpec => ({ name, target: { type: "fleet", fleet } });
const closed = (name: string, message: string): AliasSpec => ({ name, target: { type: "closed", message } });
const put = (world: Rehearsal, alias: AliasSpec) => world.decide((state, moment) => putAlias(state, alias, moment));
const forget = (world: Rehearsal, name: string) => world.decide((state, moment) => deleteAlias(state, name, moment));
const create = (aliases: readonly AliasSpec[], destinations = ["live"]) => {
  const world = createRehearsal({ fleets, aliases, destinations });
  world.readyAll();
  return world;
};

test("a queue places on the fleet that its alias stands for at the moment", () => {
  const world = create([at("live", "blue")]);
  expect(world.sessionFor(world.place()).fleet).toBe("blue");
  put(world, at("live", "green"));
  expect(world.sessionFor(world.place()).fleet).toBe("green");
  forget(world, "live");
  const waiting = world.place();
  expect(world.state.placements.get(waiting)).toMatchObject({ sessionId: undefined, end: undefined });
});

test("a placement that waits goes where its alias is pointed meanwhile", () => {
  const world = create([at("live", "blue")]);
  world.place();
  const waiting = world.place();
  put(world, at("live", "green"));
  expect(world.sessionFor(waiting).fleet).toBe("green");
});

test("a placement whose every destination is closed fails at once, and says why", () => {
  const world = create([closed("live", "We are back at noon"), at("old", "blue")], ["live"]);
  expect(world.state.placements.get(world.place())?.end).toMatchObject({
    state: "FAILED",
    failure: "Cannot place on queue queue as each of its destinations is closed: live (We are back at noon)",
  });
});

test("a closed alias is passed over where there is another destination", () => {
  const world = create([closed("live", "Closed")], ["live", "green"]);
  expect(world.sessionFor(world.place()).fleet).toBe("green");
});

test("two names of one fleet are one destination", () => {
  const world = createRehearsal({
    fleets: [{ name: "blue", processes: 2 }],
    aliases: [at("live", "blue")],
    destinations: ["live", "blue"],
  });
  world.readyAll();
  expect(world.sessionFor(world.place()).fleet).toBe("blue");
  expect(world.sessionFor(world.place()).fleet).toBe("blue");
});

test("putAlias() repeats safely, and refuses what is no fleet or has the name of one", () => {
  const world = create([at("live", "blue")]);
  put(world, at("live", "green"));
  const before = world.facts.length;
  put(world, at("live", "green"));
  expect(world.facts.length).toBe(before);
  expect(() => put(world, at("live", "red"))).toThrow(expect.objectContaining({ reason: "FLEET_NOT_FOUND" }));
  expect(() => put(world, closed("blue", "?"))).toThrow(expect.objectContaining({ reason: "NAME_TAKEN" }));
});

test("deleteAlias() brings back what muster.json says, repeats safely, and refuses a name that nobody set", () => {
  const world = create([at("live", "blue")]);
  put(world, closed("live", "Closed"));
  put(world, at("test", "green"));
  const list = () => listAliases({ aliases: world.state.aliases, config: world.moment().config });
  expect(list()).toEqual([closed("live", "Closed"), at("test", "green")]);
  forget(world, "live");
  forget(world, "live");
  forget(world, "test");
  expect(list()).toEqual([at("live", "blue")]);
  expect(() => forget(world, "test")).toThrow(expect.objectContaining({ reason: "ALIAS_NOT_FOUND" }));
});
