// The field of a condition, up to its colon. A field that no ticket can have is a mistake, and told at once.
import { closestWord } from "@muster/kit";
import { PROPERTY_PREFIX, ticketFields } from "../query-document.ts";
import type { Cursor } from "./cursor.ts";

/** What ends a name, unless a backslash stands before it. */
const ENDS = /[\s:()[\]{}"^~<>=!&|*?/]/u;

/** @throws {QueryRefusal} There is none, or no ticket has one of its name. */
export function readField(cursor: Cursor): string {
  const start = cursor.at;
  let name = "";
  while (!cursor.isAtEnd && !ENDS.test(cursor.peek())) {
    if (cursor.take("\\") && cursor.isAtEnd) cursor.fail("ends with a backslash");
    name += cursor.next();
  }
  if (!cursor.take(":")) {
    const said = cursor.text.slice(start, cursor.at);
    if (said === "") cursor.fail(`must have a field here, as in properties.region:eu, not "${cursor.next()}"`, start);
    cursor.fail(`has the word "${said}" without a field: write properties.KEY:${said}`, start);
  }
  if (name.startsWith(PROPERTY_PREFIX) && name.length > PROPERTY_PREFIX.length) return name;
  if (ticketFields.some((field) => field === name)) return name;
  const close = closestWord(name, ticketFields);
  const hint =
    close === undefined ? `write ${PROPERTY_PREFIX}${name === "properties" ? "KEY" : name}` : `did you mean ${close}`;
  return cursor.fail(`names the field "${name}", which no ticket has: ${hint}`, start);
}
