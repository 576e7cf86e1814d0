// What a refusal may look like, wherever it is thrown: one error shape, a sentence, the field or the place, nothing else.
import { MusterError, type Reason } from "@muster/proto";
import { Finding } from "./finding.ts";

/** Characters of a message: it goes into a trailer twice, and trailers hold 8 KiB. */
const MESSAGE_CHARS_MAX = 2_100;
/** Reasons that name what was wrong with the input, and therefore where. */
const NAMES_FIELD: readonly Reason[] = ["FIELD_INVALID", "ID_MALFORMED", "ATTRIBUTE_INVALID"];

/** @throws {Finding} unless `error` is a MusterError that a caller can do something with. */
export function checkRefusal(error: unknown): void {
  if (!(error instanceof MusterError)) {
    throw new Finding(`It is refused with something else than a MusterError: ${String(error)}`, { cause: error });
  }
  checkSentence(error);
}

/** @throws {Finding} if the message or what comes with it says too much or too little. */
export function checkSentence({
  reason,
  message,
  metadata,
}: Pick<MusterError, "reason" | "message" | "metadata">): void {
  if (reason === "INTERNAL_FAULT") throw new Finding(`It is answered as a mistake of ours: ${message}`);
  if (message.length > MESSAGE_CHARS_MAX) throw new Finding(`Its refusal has ${message.length} characters`);
  if (!message.startsWith("Cannot ")) throw new Finding(`Its refusal does not say what cannot be done: ${message}`);
  if (/\n\s+at /.test(message)) throw new Finding(`Its refusal shows a stack: ${message}`);
  if (!NAMES_FIELD.includes(reason) || message.startsWith("Cannot read the request as")) return;
  if (!metadata.field) throw new Finding(`Its refusal names no field: ${reason}, ${message}`);
}

/** @throws {Finding} if an input has changed what every object has. */
export function checkPrototypes(): void {
  const added = [...Object.keys(Object.prototype), ...Object.keys(Array.prototype)];
  if (added.length > 0) throw new Finding(`It has added ${added.join(", ")} to the prototype of all objects`);
}
