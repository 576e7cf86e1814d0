import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemErrorSentence } from "./system-error.ts";

const systemError = (code: string, syscall: string, path?: string) =>
  Object.assign(new Error(`${code}: …`), { code, syscall, ...(path === undefined ? {} : { path }) });

const rows = [
  {
    error: systemError("EACCES", "mkdir", "/opt/x"),
    says: "Cannot make the folder /opt/x as this user may not: choose another folder, or its rights",
  },
  {
    error: systemError("ENOSPC", "write"),
    says: "Cannot write a file as the disk is full: make room, or choose another folder",
  },
  {
    error: systemError("EROFS", "open", "/etc/a"),
    says: "Cannot open /etc/a as nothing can be written there: the file system is read-only",
  },
  {
    error: systemError("ENOTDIR", "mkdir", "/a/b"),
    says: "Cannot make the folder /a/b as what should be a folder on the way is a file",
  },
  { error: systemError("ECONNREFUSED", "connect"), says: undefined },
  { error: new Error("a mistake of ours"), says: undefined },
  { error: "no error", says: undefined },
];
for (const { error, says } of rows) {
  test(`systemErrorSentence() says ${says ?? "nothing"} of ${error instanceof Error ? error.message : error}`, () =>
    expect(systemErrorSentence(error)).toBe(says));
}

test("systemErrorSentence() knows what Node throws where a file is in the way", async () => {
  const folder = await mkdtemp(join(tmpdir(), "muster-error-"));
  const file = join(folder, "file");
  await writeFile(file, "");
  const inTheWay = await mkdir(file).catch((error: unknown) => error);
  const onTheWay = await mkdir(join(file, "x")).catch((error: unknown) => error);
  await rm(folder, { recursive: true });
  expect(systemErrorSentence(inTheWay)).toBe(`Cannot make the folder ${file} as a file of that name is in the way`);
  expect(systemErrorSentence(onTheWay)).toMatch(/as what should be a folder on the way is a file$/);
});
