// The RPCs of aliases over real sockets.
import type { Alias } from "@muster/proto/fleet";
import { expect, test } from "vitest";
import { createFleetWorld } from "../fleet-world.ts";

const at = (name: string, value: string): Alias => ({ name, target: { target: { $case: "fleet", value } } });
const closed = (name: string, value: string): Alias => ({ name, target: { target: { $case: "message", value } } });

test("an alias is put, listed and forgotten", async () => {
  await using world = await createFleetWorld();
  const { fleet } = world;
  expect(await fleet.putAlias({ alias: at("live", "arena-eu") })).toEqual({ alias: at("live", "arena-eu") });
  await fleet.putAlias({ alias: closed("beta", "Over") });
  expect(await fleet.describeAliases({})).toEqual({ aliases: [closed("beta", "Over"), at("live", "arena-eu")] });
  await fleet.deleteAlias({ name: "beta" });
  expect(await fleet.describeAliases({})).toEqual({ aliases: [at("live", "arena-eu")] });
});

const refused: readonly { name: string; alias: Alias | undefined; reason: string }[] = [
  { name: "nothing", alias: undefined, reason: "ID_MALFORMED" },
  { name: "a malformed name", alias: at("a b", "arena-eu"), reason: "ID_MALFORMED" },
  { name: "no target", alias: { name: "live", target: undefined }, reason: "FIELD_INVALID" },
  { name: "an empty message", alias: closed("live", ""), reason: "FIELD_INVALID" },
  { name: "a message that is too long", alias: closed("live", "x".repeat(1_025)), reason: "FIELD_INVALID" },
  { name: "a fleet that is not there", alias: at("live", "us"), reason: "FLEET_NOT_FOUND" },
  { name: "the name of a fleet", alias: closed("arena-eu", "?"), reason: "NAME_TAKEN" },
];

test("PutAlias refuses what is none", async () => {
  await using world = await createFleetWorld();
  for (const { name, alias, reason } of refused) {
    await expect(world.fleet.putAlias({ alias }), name).rejects.toMatchObject({ reason });
  }
  await expect(world.fleet.deleteAlias({ name: "live" })).rejects.toMatchObject({ reason: "ALIAS_NOT_FOUND" });
});
