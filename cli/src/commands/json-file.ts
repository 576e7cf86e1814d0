// A JSON file that a command is given.
import { readFile } from "node:fs/promises";
import { MusterError } from "@muster/proto";

/** What the file's JSON parses to. @throws {MusterError} FIELD_INVALID naming the file. */
export async function readJsonFile(path: string): Promise<unknown> {
  const text = await readTextFile(path);
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new MusterError("FIELD_INVALID", `Cannot read ${path} as JSON: ${(cause as Error).message}`, { cause });
  }
}

/** @throws {MusterError} FIELD_INVALID naming the file. */
export async function readTextFile(path: string): Promise<string> {
  return await readFile(path, "utf8").catch((cause: Error) => {
    throw new MusterError("FIELD_INVALID", `Cannot read ${path}: ${cause.message}`, { cause });
  });
}
