import { expect, test } from "vitest";
import { parseOptions } from "./tool-options.ts";

const config = { options: { seeds: { type: "string", default: "20" }, json: { type: "boolean" } } } as const;
const usage = "npm run tool -- [--seeds N] [--json]";
const rows = [
  { name: "tells the usage to who asks for it", args: ["--help"], told: usage, exitCode: 0 },
  { name: "tells it whatever else stands there", args: ["--nonsense", "-h"], told: usage, exitCode: 0 },
  { name: "refuses an option that it does not know", args: ["--sedes", "3"], told: "--sedes", exitCode: 2 },
  { name: "refuses an option without its value", args: ["--seeds"], told: "--seeds", exitCode: 2 },
] as const;

for (const { name, args, told, exitCode } of rows) {
  test(`parseOptions() ${name}`, () => {
    const answer = parseOptions(args, config, usage);
    expect(answer).toMatchObject({ tell: expect.stringContaining(told), exitCode });
    expect(answer).toMatchObject({ tell: expect.stringContaining(usage) });
  });
}

test("parseOptions() answers what was asked", () => {
  expect(parseOptions(["--json"], config, usage)).toMatchObject({ parsed: { values: { seeds: "20", json: true } } });
});
