import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MusterError } from "@muster/proto";
import { expect, test } from "vitest";
import { z } from "zod";
import { readMusterFile } from "./muster-file.ts";
import { parseSection } from "./parse-section.ts";

const schema = z.array(
  z.strictObject({
    name: z.string(),
    processes: z.int().min(0).max(100).default(1),
    ports: z.array(z.strictObject({ name: z.string(), protocol: z.enum(["tcp", "udp"]) })).default([]),
  }),
);

test("parseSection() fills in defaults", () => {
  expect(parseSection(schema, [{ name: "eu" }], "$.fleets")).toEqual([{ name: "eu", processes: 1, ports: [] }]);
});

const refused = [
  { name: "a missing key", value: [{}], says: "Cannot read $.fleets[0].name as string: it is missing" },
  { name: "another type", value: [{ name: 7 }], says: "Cannot read $.fleets[0].name as string: it is 7" },
  {
    name: "a number out of range",
    value: [{ name: "eu", processes: 101 }],
    says: "Cannot read $.fleets[0].processes as number <= 100: it is 101",
  },
  {
    name: "a word that is none of the choices",
    value: [{ name: "eu", ports: [{ name: "game", protocol: "sctp" }] }],
    says: 'Cannot read $.fleets[0].ports[0].protocol as one of "tcp", "udp": it is "sctp"',
  },
  {
    name: "a misspelt key",
    value: [{ name: "eu", proceses: 2 }],
    says: 'Cannot read $.fleets[0].proceses as there is no such key: did you mean "processes"?',
  },
  {
    name: "a misspelt key deep inside",
    value: [{ name: "eu", ports: [{ name: "game", protocol: "tcp", protocl: 1 }] }],
    says: '$.fleets[0].ports[0].protocl as there is no such key: did you mean "protocol"?',
  },
  {
    name: "a key that is like no other",
    value: [{ name: "eu", zzz: 1 }],
    says: "$.fleets[0].zzz as there is no such key: known keys are name, processes, ports",
  },
];
for (const { name, value, says } of refused) {
  test(`parseSection() refuses ${name}`, () => expect(() => parseSection(schema, value, "$.fleets")).toThrow(says));
}

test("parseSection() tells every problem at once, and the first path", () => {
  const parse = () => parseSection(schema, [{ name: 1, processes: -1 }], "$.fleets");
  expect(parse).toThrow(/\$\.fleets\[0\]\.name.*\n.*\$\.fleets\[0\]\.processes/);
  expect(parse).toThrow(expect.objectContaining({ reason: "CONFIG_INVALID", metadata: { path: "$.fleets[0].name" } }));
});

test("parseSection() tells the first fifty of very many problems, and how many more there are", () => {
  const parse = () =>
    parseSection(
      schema,
      Array.from({ length: 80 }, () => ({})),
      "$.fleets",
    );
  expect(parse).toThrow(/\$\.fleets\[49\]\.name as string: it is missing\n… and 30 more$/);
});

async function fileOf(text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "muster-")), "muster.json");
  await writeFile(path, text);
  return path;
}

test("readMusterFile() gives sections and where relative paths start", async () => {
  const path = await fileOf('{"fleets": [], "queues": []}');
  const file = await readMusterFile(path);
  expect(file.sections).toEqual({ fleets: [], queues: [] });
  expect(join(file.directory, "muster.json")).toBe(path);
});

const badFiles = [
  { name: "text that is no JSON", text: "{", says: /as JSON:/ },
  { name: "a list", text: "[]", says: /as a JSON object$/ },
  { name: "an unknown section", text: '{"fleet": []}', says: /\$\.fleet .*did you mean "fleets"\?/ },
];
for (const { name, text, says } of badFiles) {
  test(`readMusterFile() refuses ${name}`, async () => {
    await expect(readMusterFile(await fileOf(text))).rejects.toThrow(says);
  });
}

test("readMusterFile() names a file that is not there", async () => {
  const error = await readMusterFile("/nowhere/muster.json").catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(MusterError);
  expect(error).toMatchObject({ reason: "CONFIG_INVALID", message: expect.stringContaining("/nowhere/muster.json") });
});
