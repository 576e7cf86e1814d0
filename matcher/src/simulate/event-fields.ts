// What an event of a simulation says, field by field, as strictly as the API reads its requests.
import { fieldInvalid, type PlayerId, parsePlayerId } from "@muster/proto";
import type { Player } from "@muster/proto/matchmaking";
import { AT_SECONDS_MAX, type SimulationEvent } from "./simulation-event.ts";

/** The text in `field`; "" if it is absent. @throws {MusterError} FIELD_INVALID. */
export function textOf(event: SimulationEvent, field: string): string {
  const value = event[field];
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  throw fieldInvalid(field, "text", value);
}

/** @throws {MusterError} FIELD_INVALID. */
export function flagOf(event: SimulationEvent, field: string): boolean {
  const value = event[field];
  if (value === undefined || typeof value === "boolean") return value === true;
  throw fieldInvalid(field, "true or false", value);
}

/** The texts in `field`; none if it is absent. @throws {MusterError} FIELD_INVALID. */
export function textsOf(event: SimulationEvent, field: string): readonly string[] {
  const value = event[field] ?? [];
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value;
  throw fieldInvalid(field, "a list of texts", value);
}

/** The whole number from 1 in `field`. @throws {MusterError} FIELD_INVALID. */
export function countOf(event: SimulationEvent, field: string): number {
  const value = event[field];
  if (typeof value === "number" && Number.isInteger(value) && value >= 1) return value;
  throw fieldInvalid(field, "a whole number from 1", value ?? "missing");
}

/** The whole numbers in `field` by name; none if it is absent. @throws {MusterError} FIELD_INVALID. */
export function countsOf(event: SimulationEvent, field: string): Readonly<Record<string, number>> {
  const value = event[field];
  if (value === undefined) return {};
  return numbersIn(value, field, { isWhole: true });
}

/** The numbers in `field` by name; none if it is absent. @throws {MusterError} FIELD_INVALID. */
export function numbersOf(event: SimulationEvent, field: string): Readonly<Record<string, number>> {
  const value = event[field];
  return value === undefined ? {} : numbersIn(value, field, { isWhole: false });
}

/** The texts in `field` by name; none if it is absent. @throws {MusterError} FIELD_INVALID. */
export function textTableOf(event: SimulationEvent, field: string): Readonly<Record<string, string>> {
  const value = event[field] ?? {};
  if (!isMap(value)) throw fieldInvalid(field, "texts by name", value);
  const entries = Object.entries(value).map(([name, text]): [string, string] => {
    if (typeof text === "string") return [name, text];
    throw fieldInvalid(`${field}.${name.slice(0, 64)}`, "text", text);
  });
  return Object.fromEntries(entries);
}

/** One of `words`. @throws {MusterError} FIELD_INVALID. */
export function wordOf<Word extends string>(event: SimulationEvent, field: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === event[field]);
  if (found !== undefined) return found;
  throw fieldInvalid(field, words.join(" or "), event[field] ?? "missing");
}

/** @throws {MusterError} FIELD_INVALID, ID_MALFORMED. */
export function playerIdOf(event: SimulationEvent): PlayerId {
  return parsePlayerId("playerId", textOf(event, "playerId"));
}

/** The players of a `start` or `session`, as a request to the API would bring them. @throws {MusterError} FIELD_INVALID. */
export function playersOf({ players }: SimulationEvent): Player[] {
  if (!Array.isArray(players)) throw fieldInvalid("players", "a list of players", players ?? "missing");
  return players.map((player: unknown, index) => {
    const path = `players[${index}]`;
    if (!isMap(player)) throw fieldInvalid(path, "a player", player);
    const { playerId, team = "", attributes = {}, latencies, latenciesMs = latencies ?? {}, staySeconds = 0 } = player;
    if (typeof playerId !== "string") throw fieldInvalid(`${path}.playerId`, "text", playerId ?? "missing");
    if (typeof team !== "string") throw fieldInvalid(`${path}.team`, "text", team);
    if (typeof staySeconds !== "number" || !(staySeconds >= 0 && staySeconds <= AT_SECONDS_MAX)) {
      throw fieldInvalid(`${path}.staySeconds`, `a number of seconds from 0 to ${AT_SECONDS_MAX}`, staySeconds);
    }
    if (!isMap(attributes)) throw fieldInvalid(`${path}.attributes`, "values by name", attributes);
    const measured = numbersIn(latenciesMs, `${path}.latencies`, { isWhole: false });
    return { playerId, team, attributes, latenciesMs: measured };
  });
}

function numbersIn(value: unknown, path: string, { isWhole }: { readonly isWhole: boolean }): Record<string, number> {
  if (!isMap(value)) throw fieldInvalid(path, "numbers by name", value);
  const numbers: Record<string, number> = {};
  for (const [name, number] of Object.entries(value)) {
    if (typeof number !== "number" || (isWhole && !Number.isInteger(number))) {
      throw fieldInvalid(`${path}.${name.slice(0, 64)}`, isWhole ? "a whole number" : "a number", number);
    }
    numbers[name] = number;
  }
  return numbers;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
