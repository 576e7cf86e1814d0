import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testDisk } from "./disk.suite.ts";
import { openNodeDisk } from "./node-disk.ts";

const freshFolder = () => mkdtemp(join(tmpdir(), "muster-disk-"));

testDisk("openNodeDisk()", async () => openNodeDisk(join(await freshFolder(), "made", "on", "first use")));

test("openNodeDisk() for reading only makes nothing and changes nothing", async () => {
  const folder = await freshFolder();
  await writeFile(join(folder, "a"), "kept");
  const disk = openNodeDisk(folder, { readOnly: true });
  await using file = await disk.open("a", { create: false });
  await expect(file.write(0, Uint8Array.of(1))).rejects.toThrow();
  const absent = openNodeDisk(join(folder, "absent"), { readOnly: true });
  await expect(absent.list()).rejects.toMatchObject({ code: "ENOENT" });
  expect(await readdir(folder)).toEqual(["a"]);
});
