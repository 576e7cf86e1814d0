// What every disk does: run on each adapter by its own test.
import { expect, test } from "vitest";
import type { Disk } from "./disk.ts";

/** The suite for disks that `make` makes, each empty. */
export function testDisk(name: string, make: () => Promise<Disk>): void {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const text = (read: Uint8Array) => new TextDecoder().decode(read);

  test(`${name} reads what was written, up to the end of the file`, async () => {
    const disk = await make();
    await using file = await disk.open("a", { create: true });
    await file.write(0, bytes("hello"));
    await file.write(7, bytes("world"));
    await file.sync();
    expect(await file.size()).toBe(12);
    expect(text(await file.read(0, 100))).toBe("hello\0\0world");
    expect(await file.read(12, 4)).toHaveLength(0);
    await file.truncate(4);
    await file.truncate(6);
    expect(text(await file.read(0, 100))).toBe("hell\0\0");
  });

  test(`${name} says by code what is there and what is not`, async () => {
    const disk = await make();
    await expect(disk.open("a", { create: false })).rejects.toMatchObject({ code: "ENOENT" });
    await using made = await disk.open("a", { create: true, exclusive: true });
    await made.write(0, bytes("kept"));
    await expect(disk.open("a", { create: true, exclusive: true })).rejects.toMatchObject({ code: "EEXIST" });
    await using again = await disk.open("a", { create: true });
    expect(text(await again.read(0, 4))).toBe("kept");
    await expect(disk.remove("b")).rejects.toMatchObject({ code: "ENOENT" });
    await expect(disk.rename("b", "c")).rejects.toMatchObject({ code: "ENOENT" });
  });

  test(`${name} renames over another file, whose handles stay good`, async () => {
    const disk = await make();
    await using former = await disk.open("a", { create: true });
    await former.write(0, bytes("former"));
    {
      await using next = await disk.open("b", { create: true });
      await next.write(0, bytes("next"));
    }
    await disk.rename("b", "a");
    await disk.syncNames();
    expect(await disk.list()).toEqual(["a"]);
    await using now = await disk.open("a", { create: false });
    expect([text(await now.read(0, 9)), text(await former.read(0, 9))]).toEqual(["next", "former"]);
    await disk.remove("a");
    expect(await disk.list()).toEqual([]);
  });
}
