// Tickets in a file, for a query to be tried on: one a line, as `muster simulate` takes them, or a list.
import { MusterError } from "@muster/proto";
import type { QueryProfile } from "@muster/rules";
import { readTextFile } from "./json-file.ts";

/** The tickets in the file, in its order. @throws {MusterError} FIELD_INVALID naming file, ticket and field. */
export async function readQueryTickets(path: string): Promise<readonly QueryProfile[]> {
  const text = (await readTextFile(path)).replace(/^\uFEFF/, "");
  const isList = text.trimStart().startsWith("[");
  const lines = isList ? [] : text.split("\n").map((line, index) => ({ line, place: `line ${index + 1} of ${path}` }));
  const values = isList
    ? listOf(parse(text, path), path)
    : lines.filter(({ line }) => line.trim() !== "").map(({ line, place }) => ({ value: parse(line, place), place }));
  return values.flatMap(({ value, place }) => readTicket(value, place) ?? []);
}

type Placed = { readonly value: unknown; readonly place: string };

function listOf(value: unknown, path: string): readonly Placed[] {
  return Array.isArray(value)
    ? value.map((one, index) => ({ value: one, place: `ticket ${index + 1} of ${path}` }))
    : [];
}

function parse(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new MusterError("FIELD_INVALID", `Cannot read ${place} as JSON: ${why}`, { cause });
  }
}

/** The ticket; undefined for an event of a simulation that starts none. */
function readTicket(value: unknown, place: string): QueryProfile | undefined {
  if (!isMap(value)) throw invalid(place, "a ticket, which is a JSON object", value);
  const { op = "start", ticketId, at = 0, minCount = 0, maxCount = 0, party = "" } = value;
  if (op !== "start") return undefined;
  if (typeof ticketId !== "string" || ticketId === "") throw invalid(`ticketId in ${place}`, "text", ticketId);
  if (typeof party !== "string") throw invalid(`party in ${place}`, "text", party);
  return {
    ticketId,
    partyId: party,
    minCount: readNumber(minCount, `minCount in ${place}`),
    maxCount: readNumber(maxCount, `maxCount in ${place}`),
    createdAtMs: readNumber(at, `at in ${place}`) * 1_000,
    stringProperties: readProperties(value.stringProperties, `stringProperties in ${place}`, readString),
    numericProperties: readProperties(value.numericProperties, `numericProperties in ${place}`, readNumber),
  };
}

function readProperties<Value>(
  value: unknown,
  place: string,
  read: (value: unknown, place: string) => Value,
): Readonly<Record<string, Value>> {
  if (value === undefined) return {};
  if (!isMap(value)) throw invalid(place, "an object", value);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, read(one, `${key} of ${place}`)]));
}

function readString(value: unknown, place: string): string {
  if (typeof value === "string") return value;
  throw invalid(place, "text", value);
}

function readNumber(value: unknown, place: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw invalid(place, "a number", value);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(place: string, rule: string, value: unknown): MusterError {
  return new MusterError(
    "FIELD_INVALID",
    `Cannot read ${place} as ${rule}: it is ${JSON.stringify(value) ?? "missing"}`,
  );
}
