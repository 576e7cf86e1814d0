// What happens from outside in a simulation, as lines of JSON. Here a file is read into events in order; what an event says
// beyond `at` and `op` is looked at when its time comes, and refused then if it is wrong.
import { MusterError } from "@muster/proto";

/** `at` is in seconds from the start, `op` one of `simulationOps`. The other fields stand in docs/simulate.md. */
export type SimulationEvent = { readonly at: number; readonly op: string } & Readonly<Record<string, unknown>>;

/** Latest `at` in seconds: thirty years. */
export const AT_SECONDS_MAX = 1e9;
/** So many mistakes of a file are told at once. */
const PROBLEMS_MAX = 20;

/**
 * The events of `text`, one JSON object a line, empty lines left out.
 *
 * @throws {MusterError} FIELD_INVALID naming the lines that are no events, or stand before their time.
 */
export function readSimulationEvents(text: string): readonly SimulationEvent[] {
  const events: SimulationEvent[] = [];
  const problems: string[] = [];
  let latest = 0;
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .entries()) {
    if (line.trim() === "") continue;
    const event = readEvent(line);
    if (typeof event === "string") {
      problems.push(`Cannot read line ${index + 1} as ${event}`);
    } else if (event.at < latest) {
      problems.push(`Cannot read line ${index + 1} as events are sorted by "at": it is ${event.at} after ${latest}`);
    } else {
      latest = event.at;
      events.push(event);
    }
  }
  const [first] = problems;
  if (first === undefined) return events;
  const more = problems.length - PROBLEMS_MAX;
  const shown = problems.slice(0, PROBLEMS_MAX).join("\n");
  throw new MusterError("FIELD_INVALID", more > 0 ? `${shown}\n… and ${more} more lines` : shown, {
    metadata: { field: first.replace(/^Cannot read (line \d+) .*$/s, "$1") },
  });
}

/** The event, or the rule that the line breaks and what it is. */
function readEvent(line: string): SimulationEvent | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return `JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "a JSON object: it is another value";
  const { at, op }: { at?: unknown; op?: unknown } = value;
  if (typeof at !== "number" || !(at >= 0 && at <= AT_SECONDS_MAX)) {
    return `an event whose "at" is a number of seconds from 0 to ${AT_SECONDS_MAX}: it is ${JSON.stringify(at) ?? "missing"}`;
  }
  if (typeof op !== "string") return `an event whose "op" is a word: it is ${JSON.stringify(op) ?? "missing"}`;
  return { ...value, at, op };
}
