// What the matcher reads of muster.json: the sections `ruleSets` and `configurations`.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { limits, MusterError } from "@muster/proto";
import { checkRuleSet } from "@muster/rules";
import { type MusterFile, parseSection } from "@muster/service";
import { z } from "zod";
import { APPROVAL_TIMEOUT_MS_MAX, APPROVAL_TIMEOUT_MS_MIN, battleOrders } from "./core/backfill-settings.ts";
import { choicesOf } from "./core/cohorts.ts";
import {
  ACCEPTANCE_TIMEOUT_SECONDS_DEFAULT,
  ACCEPTANCE_TIMEOUT_SECONDS_MAX,
  ALTERNATIVES_MAX,
  type Configuration,
  checkConfiguration,
  DATA_CHARS_MAX,
  PLACEMENT_RETRIES_DEFAULT,
  PLACEMENT_RETRIES_MAX,
  PROPERTY_CHARS_MAX,
  placementFailurePolicies,
  REQUEST_TIMEOUT_MS_DEFAULT,
  REQUEST_TIMEOUT_SECONDS_MAX,
  requestTimeoutStarts,
  SETTLE_MS_DEFAULT,
  SETTLE_MS_MAX,
} from "./core/configuration.ts";
import { duplicatePolicies, playerScopes, seatedPolicies } from "./core/duplicate-players.ts";
import { PATIENCE_SECONDS_MAX, SESSION_NAME_CHARS_MAX } from "./core/session-settings.ts";
import { readSessionSettings } from "./grpc/session-settings-wire.ts";
import { hookSettingsSection } from "./hooks/hooks-section.ts";
import { joinTokensSection } from "./join-tokens/join-tokens-section.ts";
import { querySection } from "./query-section.ts";

export type MatcherConfig = {
  /** Documents as JSON text. */
  readonly ruleSets: readonly { readonly name: string; readonly document: string }[];
  readonly configurations: readonly Configuration[];
};

/** A configuration of nothing: everything is put by ConfigurationService. */
export const emptyConfig: MatcherConfig = { ruleSets: [], configurations: [] };

const name = z.string().regex(/^[A-Za-z0-9_.:-]{1,128}$/, "1 to 128 of A-Z a-z 0-9 _ . : -");

/** `ruleSets`: a document by name, or the path of one. */
export const ruleSetsSchema = z.record(name, z.union([z.string(), z.looseObject({})]));

export const configurationsSchema = z.array(
  z.strictObject({
    name,
    ruleSet: name.optional(),
    query: querySection.optional(),
    queue: name.optional(),
    alternatives: z
      .array(z.strictObject({ ruleSet: name, queue: name.optional() }))
      .max(ALTERNATIVES_MAX)
      .transform((all) => all.map(({ ruleSet, queue }) => ({ ruleSet, queue })))
      .optional(),
    // Absent: 60, and by queries as long as a ticket likes.
    requestTimeoutSeconds: z.int().min(0).max(REQUEST_TIMEOUT_SECONDS_MAX).optional(),
    autoBackfill: z.boolean().default(false),
    settleMs: z.int().min(0).max(SETTLE_MS_MAX).default(SETTLE_MS_DEFAULT),
    properties: z.record(z.string(), z.string().max(PROPERTY_CHARS_MAX)).default({}),
    data: z.string().max(DATA_CHARS_MAX).default(""),
    placementRetries: z.int().min(0).max(PLACEMENT_RETRIES_MAX).default(PLACEMENT_RETRIES_DEFAULT),
    onPlacementFailed: z.enum(placementFailurePolicies).optional(),
    presenceGraceSeconds: z.int().min(1).max(limits.PRESENCE_GRACE_SECONDS_MAX).optional(),
    requestTimeoutFrom: z.enum(requestTimeoutStarts).optional(),
    duplicatePlayers: z
      .strictObject({
        scope: z.enum(playerScopes).default("CONFIGURATION"),
        onDuplicate: z.enum(duplicatePolicies).default("REFUSE"),
        onSeated: z.enum(seatedPolicies).default("ALLOW"),
      })
      .optional(),
    acceptance: z
      .strictObject({
        timeoutSeconds: z.int().min(1).max(ACCEPTANCE_TIMEOUT_SECONDS_MAX).default(ACCEPTANCE_TIMEOUT_SECONDS_DEFAULT),
        autoContinue: z.boolean().default(true),
      })
      .transform(({ timeoutSeconds, autoContinue }) => ({ timeoutMs: timeoutSeconds * 1_000, autoContinue }))
      .optional(),
    session: z
      .strictObject({
        name: z.string().min(1).max(SESSION_NAME_CHARS_MAX).optional(),
        reservationSeconds: z.int().min(1).max(PATIENCE_SECONDS_MAX).optional(),
        disconnectGraceSeconds: z.int().min(0).max(PATIENCE_SECONDS_MAX).optional(),
      })
      .transform(({ name = "", reservationSeconds, disconnectGraceSeconds }) =>
        readSessionSettings({ name, reservationSeconds, disconnectGraceSeconds }),
      )
      .optional(),
    joinTokens: joinTokensSection.optional(),
    hooks: hookSettingsSection.optional(),
    backfill: z
      .strictObject({
        order: z.enum(battleOrders).default("OLDEST_FIRST"),
        preferRunning: z.boolean().default(false),
        fillPlayersMax: z.int().min(1).max(limits.MATCH_PLAYERS_MAX).optional(),
        approvalTimeoutMs: z.int().min(APPROVAL_TIMEOUT_MS_MIN).max(APPROVAL_TIMEOUT_MS_MAX).optional(),
      })
      .transform(({ fillPlayersMax, approvalTimeoutMs, ...rest }) => ({ ...rest, fillPlayersMax, approvalTimeoutMs }))
      .optional(),
  }),
);

/** What of a file can be played by, and what is wrong with the rest, in its order. */
export type LegalConfig = { readonly config: MatcherConfig; readonly refused: readonly MusterError[] };

/**
 * The matcher's sections of `file`, rule sets read from their own files where the section names a path.
 *
 * @throws {MusterError} CONFIG_INVALID naming the file and the path in it.
 */
export async function readMatcherConfig(file: MusterFile): Promise<MatcherConfig> {
  const { config, refused } = await readLegalConfig(file);
  const [first, ...others] = refused;
  if (!first) return config;
  if (others.length === 0) throw first;
  const { metadata } = first;
  throw new MusterError(first.reason, refused.map(({ message }) => message).join("\n"), { metadata, cause: first });
}

/** As readMatcherConfig(), each rule set and configuration by itself: a mistake in one keeps none of the others away. */
export async function readLegalConfig(file: MusterFile): Promise<LegalConfig> {
  const refused: MusterError[] = [];
  const attempt = <Value>(read: () => Value): Value | undefined => {
    try {
      return readSection(file, read);
    } catch (error) {
      if (!(error instanceof MusterError)) throw error;
      refused.push(error);
      return undefined;
    }
  };
  const { ruleSets: documents = {}, configurations: written = [] } = file.sections;
  const named = attempt(() => parseSection(z.record(z.string(), z.unknown()), documents, "$.ruleSets")) ?? {};
  const ruleSets: { readonly name: string; readonly document: string }[] = [];
  for (const [ruleSet, document] of Object.entries(named)) {
    const one = attempt(() => parseSection(ruleSetsSchema, { [ruleSet]: document }, "$.ruleSets"));
    const value = one?.[ruleSet];
    if (value === undefined) continue;
    const read = await readRuleSet(file, { ruleSet, value }).catch((error: unknown) => {
      if (!(error instanceof MusterError)) throw error;
      refused.push(error);
      return undefined;
    });
    if (read !== undefined) ruleSets.push({ name: ruleSet, document: read });
  }
  const list = attempt(() => parseSection(z.array(z.unknown()), written, "$.configurations")) ?? [];
  const configurations = new Map<string, Configuration>();
  for (const [index, document] of list.entries()) {
    const path = `$.configurations[${index}]`;
    const one = attempt(() => parseSection(configurationsSchema.element, document, path));
    if (!one) continue;
    const refuse = (rule: string) => {
      const why = `Cannot read ${path} of ${file.path} as ${rule}`;
      refused.push(new MusterError("CONFIG_INVALID", why, { metadata: { path } }));
    };
    const strange = choicesOf(one).find(({ ruleSet }) => !Object.hasOwn(named, ruleSet));
    if (configurations.has(one.name)) refuse(`one configuration a name: ${one.name} is there twice`);
    else if (strange) refuse(`a configuration of a rule set of the file: there is no ${strange.ruleSet}`);
    else {
      try {
        configurations.set(one.name, configurationOf(one));
      } catch (error) {
        refuse(`a configuration: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  return { config: { ruleSets, configurations: [...configurations.values()] }, refused };
}

/** The configuration that the file writes as `written`. @throws {MusterError} as checkConfiguration(). */
export function configurationOf({
  requestTimeoutSeconds,
  presenceGraceSeconds,
  ruleSet,
  queue,
  ...rest
}: z.output<typeof configurationsSchema>[number]): Configuration {
  const seconds = requestTimeoutSeconds ?? (rest.query ? 0 : REQUEST_TIMEOUT_MS_DEFAULT / 1_000);
  const requestTimeoutMs = rest.query && seconds === 0 ? undefined : seconds * 1_000;
  const presenceGraceMs = presenceGraceSeconds && presenceGraceSeconds * 1_000;
  return checkConfiguration({ ...rest, ruleSet, queue, requestTimeoutMs, presenceGraceMs });
}

/** What `read` reads; its errors name the file too. */
function readSection<Section>(file: MusterFile, read: () => Section): Section {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    const { reason, metadata } = error;
    throw new MusterError(reason, `Cannot read ${file.path}:\n${error.message}`, { metadata, cause: error });
  }
}

async function readRuleSet(
  file: MusterFile,
  { ruleSet, value }: { readonly ruleSet: string; readonly value: string | Readonly<Record<string, unknown>> },
): Promise<string> {
  const path = typeof value === "string" ? resolve(file.directory, value) : file.path;
  const root = typeof value === "string" ? "$" : `$.ruleSets.${ruleSet}`;
  const refuse = (at: string, why: string, cause?: unknown) =>
    new MusterError("CONFIG_INVALID", `Cannot read ${at} of ${path} as rule set ${ruleSet}: ${why}`, {
      metadata: { path: at },
      cause,
    });
  const text =
    typeof value === "string"
      ? await readFile(path, "utf8").catch((error: Error) => {
          throw refuse(
            root,
            "code" in error && error.code === "ENOENT" ? "there is no such file" : error.message,
            error,
          );
        })
      : JSON.stringify(value);
  const problems = checkRuleSet(text);
  const [first] = problems;
  if (!first) return text;
  const lines = problems.map((problem) => `${root}${problem.path.slice(1)} ${problem.message}`);
  throw refuse(`${root}${first.path.slice(1)}`, lines.join("; "));
}
