// Messages as JSON, by proto3's mapping: lowerCamelCase names (snake_case is read too), states as words, times as ISO 8601, bytes
// as base64, zero values left out; 64-bit numbers are JSON numbers here. The generated code takes whatever it is given and makes
// the best of it ("false" is true to it); who calls by hand is told instead what is wrong.
import { fieldInvalid, MusterError } from "../muster-error.ts";
import { decodeRequest } from "../rpc/decode-request.ts";
import { nextTurn } from "../rpc/own-turn.ts";
import type { MessageType } from "../rpc/service.ts";
import { findUnfit } from "./find-unfit.ts";
import { pathOf } from "./json-path.ts";

// biome-ignore lint/suspicious/noExplicitAny: a message of any type.
export type JsonMessageType = MessageType<any>;

/**
 * The message that `json` says. As strict as bytes are: every field has to exist and to keep its type and range.
 *
 * @throws {MusterError} FIELD_INVALID, with the path of the field in metadata `field`.
 */
export function readJsonMessage<Message>(type: MessageType<Message>, json: unknown): Message {
  const steps = readInSteps(type, json);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/** As `readJsonMessage`, in several turns of the event loop. */
export async function readLargeJsonMessage<Message>(type: MessageType<Message>, json: unknown): Promise<Message> {
  const steps = readInSteps(type, json);
  let step = steps.next();
  while (!step.done) {
    await nextTurn();
    step = steps.next();
  }
  await nextTurn();
  return step.value;
}

function* readInSteps<Message>(type: MessageType<Message>, json: unknown): Generator<undefined, Message> {
  if (!type.fromJSON || !type.toJSON) throw formless();
  if (!isObject(json)) throw fieldInvalid("the request", "a JSON object", json);
  try {
    yield;
    const message = type.fromJSON(json);
    yield;
    const got = type.toJSON(message);
    yield;
    check([], json, got);
    yield;
    const bytes = type.encode(message).finish();
    yield;
    return decodeRequest(type, bytes);
  } catch (error) {
    if (error instanceof MusterError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    const told = `Cannot read the request as a message of its method: ${why.slice(0, 200)}`;
    const field = findUnfit(json, (part) => fits(type, part));
    throw new MusterError("FIELD_INVALID", told, { ...(field ? { metadata: { field } } : {}), cause: error });
  }
}

/** `message` as JSON text. */
export function writeJsonMessage<Message>(type: MessageType<Message>, message: Message): string {
  if (!type.toJSON) throw formless();
  return JSON.stringify(type.toJSON(message));
}

/** Whether `json` alone makes a message of bytes. */
function fits(type: JsonMessageType, json: unknown): boolean {
  try {
    type.encode(type.fromJSON?.(json)).finish();
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

function formless(): MusterError {
  return new MusterError("METHOD_UNKNOWN", "Cannot serve the method over HTTP as its messages have no form in JSON");
}

/** Names and indices on the way to a value. As text only for who is refused: most of the time nobody is. */
type Trail = (string | number)[];

/** Whether what was read back, `got`, is what was `given`: generated code drops what it does not know and bends what does not fit. */
function check(trail: Trail, given: unknown, got: unknown): void {
  if (got === undefined) {
    if (isZero(given)) return;
    throw fieldInvalid(pathAlong(trail), "a field of the request, of the type that it has", kindOf(given));
  }
  if (Array.isArray(given) && Array.isArray(got) && given.length === got.length) {
    for (let index = 0; index < given.length; index += 1) {
      trail.push(index);
      check(trail, given[index], got[index]);
      trail.pop();
    }
    return;
  }
  if (isObject(given) && isObject(got)) {
    for (const key of Object.keys(given)) {
      const name = Object.hasOwn(got, key) ? key : camelCase(key);
      trail.push(key);
      // Bytes could not say such a name, or would lose it: two that are different would be one.
      if (key === "__proto__" || !key.isWellFormed()) {
        throw fieldInvalid(pathAlong(trail), "well-formed names, of which none is __proto__", "another");
      }
      check(trail, given[key], Object.hasOwn(got, name) ? got[name] : undefined);
      trail.pop();
    }
    return;
  }
  if (typeof given === "string" && !given.isWellFormed())
    throw fieldInvalid(pathAlong(trail), "well-formed text", "half a character");
  if (!isSame(given, got)) throw fieldInvalid(pathAlong(trail), "what its field takes", kindOf(given));
}

function pathAlong(trail: Trail): string {
  return trail.reduce<string>((path, step) => (typeof step === "number" ? `${path}[${step}]` : pathOf(path, step)), "");
}

/** Never the value: in a field of the wrong name may stand a secret. */
function kindOf(given: unknown): string {
  if (Array.isArray(given)) return "a list";
  return given === null ? "null" : typeof given;
}

function isSame(given: unknown, got: unknown): boolean {
  if (given === got) return true;
  if (typeof got === "number") return given === String(got); // As proto3 lets numbers be written too.
  if (typeof got !== "string") return false;
  // A state by its number, or with the name of its enum; not a text that somebody wrote as a number.
  if (typeof given === "number") return got !== String(given);
  if (typeof given !== "string") return false;
  return given.endsWith(`_${got}`) || isSameTime(given, got) || isSameBytes(given, got);
}

function isSameTime(given: string, got: string): boolean {
  return /^\d{4}-\d\d-\d\dT/.test(given) && new Date(given).getTime() === new Date(got).getTime();
}

/** base64 and base64url, padded or not. */
function isSameBytes(given: string, got: string): boolean {
  return given.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "") === got.replace(/=+$/, "");
}

/** What a message leaves out, whatever the field's type. */
function isZero(given: unknown): boolean {
  if (given === null || given === undefined || given === false || given === 0 || given === "") return true;
  if (typeof given === "string") return /(?:^|_)UNSPECIFIED$/.test(given);
  return typeof given === "object" && Object.keys(given).length === 0;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
