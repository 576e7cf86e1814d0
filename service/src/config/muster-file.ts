// muster.json: one file that describes a whole set-up; each service reads its own sections of it.
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { closestWord } from "@muster/kit";
import { MusterError } from "@muster/proto";

/** Sections by name: who reads it. */
const SECTIONS = {
  $schema: "editors",
  fleets: "the mock fleet",
  queues: "the mock fleet",
  aliases: "the mock fleet",
  regions: "the mock fleet",
  fleetSettings: "the mock fleet",
  faults: "the mock fleet",
  ruleSets: "the matcher",
  configurations: "the matcher",
  eventTargets: "the matcher",
  hooks: "the matcher",
  projects: "the matcher",
  retention: "the mock fleet and the matcher",
  access: "the mock fleet and the matcher",
  companions: "muster dev",
} as const;

/** Why a file cannot be read, by what the system says. */
const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: "there is none",
  EISDIR: "it is a folder",
  EACCES: "this user may not read it",
  EPERM: "this user may not read it",
};

export type MusterFile = {
  /** Absolute path of the file, for messages. */
  readonly path: string;
  /** What relative paths inside the file start from. */
  readonly directory: string;
  readonly sections: { readonly [Name in keyof typeof SECTIONS]?: unknown };
};

/**
 * Reads the file as JSON and checks the names of its sections, not what is in them.
 *
 * @throws {MusterError} CONFIG_INVALID if it cannot be read, is no JSON object, or has an unknown section.
 */
export async function readMusterFile(path: string): Promise<MusterFile> {
  const absolute = resolve(path);
  const refuse = (why: string, cause?: unknown) =>
    new MusterError("CONFIG_INVALID", `Cannot read ${absolute} as ${why}`, { metadata: { path: "$" }, cause });
  const text = await readFile(absolute, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw refuse(`a file: ${UNREADABLE[error.code ?? ""] ?? error.message}`, error);
  });
  const document = parseJson(text, (why, error) => refuse(`JSON: ${why}`, error));
  if (typeof document !== "object" || document === null || Array.isArray(document)) throw refuse("a JSON object");
  for (const key of Object.keys(document)) {
    if (Object.hasOwn(SECTIONS, key)) continue;
    const meant = closestWord(key, Object.keys(SECTIONS));
    throw new MusterError(
      "CONFIG_INVALID",
      `Cannot read $.${key} of ${absolute} as there is no such section: ${meant ? `did you mean "${meant}"?` : `known are ${Object.keys(SECTIONS).join(", ")}`}`,
      { metadata: { path: `$.${key}` } },
    );
  }
  return { path: absolute, directory: dirname(absolute), sections: document };
}

function parseJson(text: string, refuse: (why: string, error: unknown) => MusterError): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error), error);
  }
}
