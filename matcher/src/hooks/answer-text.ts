// Text in a hook's answer.
import { z } from "zod";

/** Without half characters. The journal has no others: what it kept would be another text than what was decided on. */
export const wellFormed = z.string().refine((text) => text.isWellFormed(), "text has to be well formed");

/** For errors and logs: without what moves a cursor, and without half characters. */
export function harmless(text: string): string {
  return text.toWellFormed().replaceAll(/\p{Cc}/gu, " ");
}
