// What a game client asks for when it wants to play, checked field by field before the matcher hears of it.
import { RequestError } from "./request-error.ts";

export type StartRequest = {
  readonly player: string;
  /** 0 to 5,000. Undefined: what the rule set gives to newcomers. */
  readonly skill: number | undefined;
  /** The matchmaking configuration to play in. */
  readonly mode: string;
};

/** Where a client plays that names no mode. */
export const DEFAULT_MODE = "arena";

/** The best skill that a client may claim. A real backend knows its players' skill and asks nobody. */
export const SKILL_MAX = 5_000;

/** @throws {RequestError} BODY_INVALID or FIELD_INVALID unless `text` is one request as JSON, without further fields. */
export function parseStartRequest(text: string): StartRequest {
  const fields = parseObject(text);
  const unknown = Object.keys(fields).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) throw invalid(unknown.slice(0, 40), "a field", `known are ${KNOWN.join(", ")}`);
  return { player: readPlayer(fields.player), skill: readSkill(fields.skill), mode: readMode(fields.mode) };
}

/** The seconds of `?wait=`: 0 to 30, 0 where it is absent. @throws {RequestError} FIELD_INVALID for anything else. */
export function parseWaitSeconds(text: string | null): number {
  if (text === null) return 0;
  if (/^\d{1,2}$/.test(text) && Number(text) <= WAIT_SECONDS_MAX) return Number(text);
  throw invalid("wait", `a whole number of seconds from 0 to ${WAIT_SECONDS_MAX}`, `it is ${show(text)}`);
}

/** A longer wait than this is cut by many a proxy. */
export const WAIT_SECONDS_MAX = 30;

const KNOWN = ["player", "skill", "mode"];

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new RequestError("BODY_INVALID", `Cannot read the body as JSON: it starts with ${show(text.slice(0, 20))}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>; // JSON objects have no other keys than texts.
  }
  throw new RequestError("BODY_INVALID", `Cannot read the body as an object: it is ${show(value)}`);
}

function readPlayer(value: unknown): string {
  const rule = "1 to 64 characters without control characters";
  if (typeof value !== "string") throw invalid("player", rule, `it is ${show(value)}`);
  if (/^[^\p{Cc}\p{Cs}]{1,64}$/u.test(value)) return value;
  throw invalid("player", rule, `it is ${show(value)}`);
}

function readSkill(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number" && value >= 0 && value <= SKILL_MAX) return value;
  throw invalid("skill", `a number from 0 to ${SKILL_MAX}`, `it is ${show(value)}`);
}

function readMode(value: unknown): string {
  if (value === undefined) return DEFAULT_MODE;
  if (typeof value === "string" && /^[A-Za-z0-9_.:-]{1,128}$/.test(value)) return value;
  throw invalid("mode", "1 to 128 of A-Z a-z 0-9 _ . : -", `it is ${show(value)}`);
}

function invalid(field: string, rule: string, present: string): RequestError {
  return new RequestError("FIELD_INVALID", `Cannot read ${field} as ${rule}: ${present}`, field);
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? "undefined").slice(0, 40);
}
