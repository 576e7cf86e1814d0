// A key from a file, for those who keep theirs out of the environment.
import { readFileSync } from "node:fs";
import { UsageError } from "./usage-error.ts";

/** What the file holds, without blanks around it. @throws {UsageError} if it cannot be read or is empty. */
export function readKeyFile(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
  } catch (error) {
    throw new UsageError(`Cannot read the key in ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (text === "") throw new UsageError(`Cannot read the key in ${path} as the file is empty`);
  return text;
}
