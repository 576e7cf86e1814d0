import { systemClock } from "@muster/kit";
import { createFleetWorld } from "@muster/mock-fleet/testing";
import { expect, test } from "vitest";
import { type FollowedLine, followFleet, prefixed } from "./follow-fleet.ts";

test("followFleet() tells what each server prints, and that of those who start meanwhile", async () => {
  await using world = await createFleetWorld();
  const stop = new AbortController();
  const heard: FollowedLine[] = [];
  let look: () => void = () => undefined;
  const hears = (processes: number) =>
    new Promise<void>((done) => {
      look = () => {
        if (new Set(heard.map(({ processId }) => processId)).size >= processes) done();
      };
      look();
    });
  const onLine = (line: FollowedLine) => {
    heard.push(line);
    look();
  };
  const following = followFleet(world, { name: "arena-eu", tailBytes: 0, clock: systemClock, onLine }, stop.signal);
  await hears(2);
  await world.mock.restartServers({ fleet: "arena-eu", reason: "", graceMs: 0 });
  await hears(4);
  stop.abort();
  await expect(following).rejects.toThrow();
  expect(heard.length).toBe(4);
  for (const { processId, text } of heard) expect(text).toBe(`log of ${processId}`);
});

test("followed lines stand behind the beginning of their process's id", () => {
  expect(prefixed({ processId: "proc_0123456789abcdef", text: "ada comes" })).toBe("proc_0123456789… | ada comes");
});
