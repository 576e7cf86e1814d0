// The guide to backfill shows what its commands make, and leaves out no state, strategy, cause or reason of a change.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as wire from "@muster/proto/session";
import { expect, test } from "vitest";
import { ROOT } from "../tidy/sources.ts";
import { BACKFILL_GUIDE, drawSimulation, findTraces } from "./guide.ts";

const guide = readFileSync(join(ROOT, BACKFILL_GUIDE), "utf8");
const traces = findTraces(guide);

test("the guide has traces", () => expect(traces.length).toBeGreaterThanOrEqual(7));

for (const { command, picture } of traces) {
  test(`the guide shows what \`muster ${command}\` makes (npm run examples draws it anew)`, async () => {
    expect(await drawSimulation(command)).toBe(picture);
  });
}

const wordsOf = (table: object) => Object.keys(table).filter((word) => !/^\d|^-|UNSPECIFIED|UNRECOGNIZED/.test(word));
for (const [what, words] of Object.entries({
  state: wordsOf(wire.BackfillState),
  strategy: wordsOf(wire.BackfillStrategy),
  cause: wordsOf(wire.BackfillCause),
  "reason of a change": wordsOf(wire.ChangeReason),
})) {
  test(`the guide names every ${what}`, () => {
    expect(words.length).toBeGreaterThan(0);
    expect(words.filter((word) => !guide.includes(`\`${word}\``))).toEqual([]);
  });
}
