import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { makeFolder } from "./make-folder.ts";

const root = mkdtempSync(join(tmpdir(), "make-folder-"));
afterAll(() => rmSync(root, { recursive: true }));
writeFileSync(join(root, "file"), "");
symlinkSync(join(root, "nowhere"), join(root, "dangling"));
symlinkSync(root, join(root, "link"));

const made = [
  { name: "one folder", path: "one", first: "one" },
  { name: "folders in one another", path: "a/b/c", first: "a" },
  { name: "a folder through a link", path: "link/d/e", first: "link/d" },
  { name: "nothing where the folder is", path: ".", first: undefined },
  { name: "nothing where the link leads to a folder", path: "link", first: undefined },
] as const;
for (const { name, path, first } of made) {
  test(`makeFolder() makes ${name}, and nothing the second time`, () => {
    expect(makeFolder(join(root, path), 0o700)).toBe(first && join(root, first));
    expect(existsSync(join(root, path))).toBe(true);
    if (first) expect(statSync(join(root, path)).mode & 0o777).toBe(0o700);
    expect(makeFolder(join(root, path))).toBeUndefined();
  });
}

const refused = [
  { name: "a file in the way", path: join(root, "file"), code: "EEXIST" },
  { name: "a file on the way", path: join(root, "file/in"), code: "ENOTDIR" },
  { name: "a link that leads nowhere", path: join(root, "dangling"), code: "EEXIST" },
  { name: "a name that is too long", path: join(root, "n".repeat(300)), code: "ENAMETOOLONG" },
];
for (const { name, path, code } of refused) {
  test(`makeFolder() refuses ${name}`, () => {
    expect(() => makeFolder(path)).toThrow(expect.objectContaining({ code, syscall: "mkdir" }));
  });
}

test.runIf(process.platform === "linux")("makeFolder() gives up where the system takes no folders", () => {
  expect(() => makeFolder("/proc/muster/data")).toThrow(expect.objectContaining({ code: "ENOENT" }));
});
