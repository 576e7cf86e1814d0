// The section `access` of muster.json: which keys and certificates there are, who holds them, and how often each may call.
// Secrets do not stand in the file: it says where each is read, or gives what it hashes to.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { MusterError } from "@muster/proto";
import { PROJECT_ALL, PROJECT_DEFAULT, PROJECT_NAME, type Role, roles } from "@muster/proto/rpc";
import { z } from "zod";
import type { MusterFile } from "../config/muster-file.ts";
import { parseSection } from "../config/parse-section.ts";

/** Characters of a key at least: drawn at random, nobody guesses so many. `muster key` draws 43. */
const KEY_CHARS_MIN = 32;
/** Calls a second beyond which a number is a slip. */
const CALLS_PER_SECOND_MAX = 1_000_000;

const name = z.string().regex(/^[A-Za-z0-9_.:-]{1,128}$/, "1 to 128 of A-Z a-z 0-9 _ . : -");

const rate = z.strictObject({
  perSecond: z.number().positive().max(CALLS_PER_SECOND_MAX),
  burst: z.int().min(1).max(CALLS_PER_SECOND_MAX).optional(),
});

const holder = {
  role: z.enum(roles),
  project: z
    .string()
    .regex(PROJECT_NAME, "1 to 32 of A-Z a-z 0-9 _ -")
    .or(z.literal(PROJECT_ALL))
    .optional()
    .describe('"*": any, as each call says. Default: "*" for the role MATCHER, "default" for all others'),
  rate: rate.optional(),
};

const key = z
  .strictObject({
    env: z.string().min(1).optional(),
    file: z.string().min(1).optional(),
    sha256: z.string().optional(),
  })
  .refine(
    (value) => Object.values(value).filter((one) => one !== undefined).length === 1,
    "one of env, file and sha256",
  );

export const accessSchema = z.strictObject({
  keys: z.array(z.strictObject({ name, ...holder, key })).default([]),
  certificates: z.array(z.strictObject({ commonName: z.string().min(1), ...holder })).default([]),
  rates: z.strictObject({ perKey: rate.optional(), perPlayer: rate.optional() }).default({}),
});

export type Rate = {
  /** Calls that are allowed again each second. */
  readonly perSecond: number;
  /** Calls at once, after a pause. */
  readonly burst: number;
};

export type Identity = {
  readonly name: string;
  readonly role: Role;
  /** "*": every one. */
  readonly project: string;
  /** SHA-256 of its key as lower-case hex, or the common name of its certificate. */
  readonly proof: { readonly sha256: string } | { readonly commonName: string };
  /** Its own. Undefined: that of all keys. */
  readonly rate: Rate | undefined;
};

export type Access = {
  /** Variables that hold keys: none of a child's business. */
  readonly secretVariables: readonly string[];
  /** None: the service is open. */
  readonly identities: readonly Identity[];
  /** Of each key that has none of its own. Undefined: no limit. */
  readonly perKey: Rate | undefined;
  /** Of each player, over all keys. Undefined: no limit. */
  readonly perPlayer: Rate | undefined;
};

/** Nobody is asked who calls, nor how often. */
export const OPEN_ACCESS: Access = { secretVariables: [], identities: [], perKey: undefined, perPlayer: undefined };

/**
 * Who may call, by the file, with each key read from where the file says.
 *
 * @throws {MusterError} CONFIG_INVALID naming the path; the message never shows a key.
 */
export async function readAccess(file: MusterFile, env: Readonly<Record<string, string | undefined>>): Promise<Access> {
  const { keys, certificates, rates } = parseSection(accessSchema, file.sections.access ?? {}, "$.access");
  const identities: Identity[] = [];
  for (const [index, { name, role, project, rate, key }] of keys.entries()) {
    const sha256 = await readKeyHash(key, { path: `$.access.keys[${index}].key`, file, env });
    identities.push({ name, role, project: projectOf(role, project), rate: wholeRate(rate), proof: { sha256 } });
  }
  for (const { commonName, role, project, rate } of certificates) {
    const identity = { name: commonName, role, project: projectOf(role, project), rate: wholeRate(rate) };
    identities.push({ ...identity, proof: { commonName } });
  }
  checkDistinct(identities);
  const secretVariables = keys.flatMap(({ key }) => (key.env === undefined ? [] : [key.env]));
  return { secretVariables, identities, perKey: wholeRate(rates.perKey), perPlayer: wholeRate(rates.perPlayer) };
}

/** One matcher serves every project, and says with each call at the fleet which it speaks for. */
function projectOf(role: Role, project: string | undefined): string {
  return project ?? (role === "MATCHER" ? PROJECT_ALL : PROJECT_DEFAULT);
}

/** SHA-256 as lower-case hex. A key has as many random bits as the hash: nothing slower would make it safer. */
export function hashKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

type Place = {
  readonly path: string;
  readonly file: MusterFile;
  readonly env: Readonly<Record<string, string | undefined>>;
};

async function readKeyHash(source: z.output<typeof key>, { path, file, env }: Place): Promise<string> {
  const refuse = (rule: string, cause?: unknown) =>
    new MusterError("CONFIG_INVALID", `Cannot read ${path} of ${file.path} as ${rule}`, { metadata: { path }, cause });
  if (source.sha256 !== undefined) {
    if (/^[0-9a-f]{64}$/.test(source.sha256)) return source.sha256;
    throw refuse("a SHA-256, 64 digits of lower-case hex");
  }
  if (source.env !== undefined) {
    const text = env[source.env];
    if (text === undefined || text === "") throw refuse(`a key: the variable ${source.env} is not set`);
    return hashLongEnough(text, () =>
      refuse(`a key: what ${source.env} holds has fewer than ${KEY_CHARS_MIN} characters`),
    );
  }
  const keyPath = resolve(file.directory, source.file ?? "");
  const text = await readFile(keyPath, "utf8").catch((error: Error) => {
    throw refuse(`a key: ${error.message}`, error);
  });
  return hashLongEnough(text.trim(), () =>
    refuse(`a key: what ${keyPath} holds has fewer than ${KEY_CHARS_MIN} characters`),
  );
}

function hashLongEnough(text: string, tooShort: () => MusterError): string {
  if (text.length < KEY_CHARS_MIN) throw tooShort();
  return hashKey(text);
}

/** Two names may not share a key: nobody could say who called. One name may have two keys, while one replaces the other. */
function checkDistinct(identities: readonly Identity[]): void {
  const seen = new Map<string, string>();
  for (const { name, proof } of identities) {
    const proven = "sha256" in proof ? `key ${proof.sha256}` : `certificate ${proof.commonName}`;
    const other = seen.get(proven);
    if (other !== undefined) {
      const why = `Cannot read $.access as each key or certificate has one holder: ${other} and ${name} share one`;
      throw new MusterError("CONFIG_INVALID", why, { metadata: { path: "$.access" } });
    }
    seen.set(proven, name);
  }
}

/** A burst that is not said is what one second allows. */
function wholeRate(
  rate: { readonly perSecond: number; readonly burst?: number | undefined } | undefined,
): Rate | undefined {
  return rate && { perSecond: rate.perSecond, burst: rate.burst ?? Math.max(1, Math.ceil(rate.perSecond)) };
}
