// What a server of a chaos run writes down about its players, one JSON object a line, with the times of the whole machine:
// the servers' own testimony, apart from everything that Muster says.
import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Entry } from "../history/entry.ts";
import { monotonicMs } from "../history/history.ts";

export type Testimony = Extract<Entry, { readonly type: "server" }>;

/** Says where a server writes: set for the fleet, inherited by every game. */
export const TESTIMONY_FOLDER = "CHAOS_TESTIMONY";

/** Written before it returns, so that a kill loses no line that anybody could know of. */
export function testify(folder: string, line: Omit<Testimony, "atMs" | "type">): void {
  const whole: Testimony = { atMs: monotonicMs(), type: "server", ...line };
  appendFileSync(join(folder, `${line.processId}.jsonl`), `${JSON.stringify(whole)}\n`);
}

/** All lines of all servers, in the order of their times. A line that a kill cut short is left out. */
export function readTestimonies(folder: string): readonly Testimony[] {
  return readdirSync(folder)
    .flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n").slice(0, -1))
    .map((line): Testimony => JSON.parse(line))
    .toSorted((one, other) => one.atMs - other.atMs);
}
