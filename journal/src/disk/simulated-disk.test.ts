import { createSeededRandom } from "@muster/kit";
import { createVirtualClock } from "@muster/kit/testing";
import { expect, test } from "vitest";
import { testDisk } from "./disk.suite.ts";
import { SECTOR_BYTES } from "./disk.ts";
import { createSimulatedDisk, type SimulatedDisk } from "./simulated-disk.ts";

const simulated = (seed = 1) => createSimulatedDisk({ random: createSeededRandom(seed) });
const seeds = Array.from({ length: 200 }, (_, index) => index + 1);

testDisk("createSimulatedDisk()", async () => simulated().mount());

/** A file `a`, durable as zeros of this size. */
async function withFile(disk: SimulatedDisk, size: number) {
  const mounted = disk.mount();
  const file = await mounted.open("a", { create: true });
  await file.write(0, new Uint8Array(size));
  await file.sync();
  await mounted.syncNames();
  return { mounted, file };
}

test("powerCut() keeps what was synced, and any part of the rest in whole sectors", async () => {
  const outcomes = new Set<string>();
  for (const seed of seeds) {
    const disk = simulated(seed);
    const { file } = await withFile(disk, 2 * SECTOR_BYTES);
    await file.write(SECTOR_BYTES, new Uint8Array(3 * SECTOR_BYTES).fill(7));
    disk.powerCut();
    const bytes = disk.files().get("a") ?? new Uint8Array(0);
    const sectors: string[] = [];
    for (let at = 0; at < bytes.length; at += SECTOR_BYTES) {
      const values = new Set(bytes.subarray(at, at + SECTOR_BYTES));
      expect(values.size).toBe(1);
      sectors.push([...values].join());
    }
    expect(sectors[0]).toBe("0");
    outcomes.add(sectors.join(" "));
  }
  // Nothing, everything, a prefix, a hole in the middle, a length without contents.
  for (const seen of ["0 0", "0 7 7 7", "0 7 7", "0 0 7 7", "0 7 0 7", "0 0 0 0"]) expect(outcomes).toContain(seen);
});

test("powerCut() may lose names that were not synced, and bring removed ones back", async () => {
  const outcomes = new Set<string>();
  for (const seed of seeds) {
    const disk = simulated(seed);
    const { mounted } = await withFile(disk, 1);
    await mounted.open("b", { create: true });
    await mounted.rename("b", "c");
    await mounted.remove("a");
    disk.powerCut();
    outcomes.add([...disk.files().keys()].toSorted().join());
  }
  expect(outcomes).toEqual(new Set(["", "a", "b", "a,b", "c", "a,c"]));
});

test("kill() leaves what was written to the next process and refuses the dead one", async () => {
  const disk = simulated();
  const { mounted, file } = await withFile(disk, 1);
  await file.write(0, Uint8Array.of(9));
  mounted.kill();
  await expect(file.read(0, 1)).rejects.toMatchObject({ code: "ESHUTDOWN" });
  await expect(mounted.list()).rejects.toMatchObject({ code: "ESHUTDOWN" });
  const next = await disk.mount().open("a", { create: false });
  expect(await next.read(0, 1)).toEqual(Uint8Array.of(9));
});

test("a write that runs out of room is half done and says ENOSPC until there is room", async () => {
  const disk = simulated();
  const { file } = await withFile(disk, 10);
  disk.setCapacity(16);
  await expect(file.write(10, new Uint8Array(10).fill(1))).rejects.toMatchObject({ code: "ENOSPC" });
  expect(await file.size()).toBe(16);
  await file.write(0, new Uint8Array(16).fill(2)); // What has its place needs no more room.
  disk.setCapacity(20);
  await file.write(10, new Uint8Array(10).fill(1));
});

test("a failed sync makes some of it durable, and a later success does not make up for it", async () => {
  const outcomes = new Set<string>();
  for (const seed of seeds) {
    const disk = simulated(seed);
    const { file } = await withFile(disk, 1);
    await file.write(0, Uint8Array.of(5));
    disk.breakSyncs(true);
    await expect(file.sync()).rejects.toMatchObject({ code: "EIO" });
    disk.breakSyncs(false);
    await file.sync();
    disk.powerCut();
    outcomes.add(String(disk.files().get("a")?.[0]));
  }
  expect(outcomes).toEqual(new Set(["0", "5"]));
});

test("operations take the time they are given, and stall until they are let go", async () => {
  const clock = createVirtualClock();
  const disk = createSimulatedDisk({ random: createSeededRandom(1), clock, delayMs: () => 10 });
  const mounted = disk.mount();
  const listed: string[] = [];
  void mounted.list().then(() => listed.push("first"));
  await clock.advance(9);
  expect(listed).toEqual([]);
  await clock.advance(1);
  expect(listed).toEqual(["first"]);
  const letGo = disk.stall();
  void mounted.list().then(() => listed.push("second"));
  await clock.advance(1_000);
  expect(listed).toEqual(["first"]);
  letGo();
  await clock.advance(10);
  expect(listed).toEqual(["first", "second"]);
});

test("flipBit() and zeroPage() change what is stored", async () => {
  const disk = createSimulatedDisk({
    random: createSeededRandom(1),
    files: new Map([["a", new Uint8Array(5_000).fill(1)]]),
  });
  disk.flipBit("a", 8 * 4_999 + 7);
  disk.zeroPage("a", 0);
  disk.powerCut();
  const bytes = disk.files().get("a");
  expect([bytes?.[0], bytes?.[4_095], bytes?.[4_096], bytes?.[4_999]]).toEqual([0, 0, 1, 129]);
});
