// The configuration that a simulation plays by: as the API takes it, with the rule set in it instead of its name.
import { MusterError } from "@muster/proto";
import { checkRuleSet, type Problem } from "@muster/rules";
import { parseSection } from "@muster/service";
import { z } from "zod";
import { configurationsSchema } from "../config.ts";
import {
  ALTERNATIVES_MAX,
  type Configuration,
  checkConfiguration,
  REQUEST_TIMEOUT_MS_DEFAULT,
  REQUEST_TIMEOUT_SECONDS_MAX,
} from "../core/configuration.ts";

export type SimulationSetting = {
  readonly configuration: Configuration;
  /** The rule set as JSON text. */
  readonly ruleSet: string;
  /** Those of the configuration's alternatives, in their order. */
  readonly alternatives: readonly string[];
};

const ruleSetSchema = z.record(z.string(), z.unknown(), { error: "a rule set, which is a JSON object" });

const settingSchema = configurationsSchema.element.omit({ query: true }).extend({
  // For editors.
  $schema: z.string().optional(),
  ruleSet: ruleSetSchema,
  alternatives: z
    .array(z.strictObject({ ruleSet: ruleSetSchema, queue: configurationsSchema.element.shape.queue }))
    .max(ALTERNATIVES_MAX)
    .default([]),
  // As on the wire: empty and 0 stand for absent.
  queue: z.literal("").or(configurationsSchema.element.shape.queue),
  requestTimeoutSeconds: z.int().min(0).max(REQUEST_TIMEOUT_SECONDS_MAX).default(0),
});

/**
 * The setting that `document` is, a parsed JSON value. Keys may be spelled as in the .proto too (`rule_set`). A queue is not
 * needed: every placement succeeds.
 *
 * @throws {MusterError} FIELD_INVALID or RULE_SET_INVALID with a line for each mistake, in the configuration and in its rule set.
 */
export function readSimulationSetting(document: unknown): SimulationSetting {
  const value = withCamelKeys(document);
  const lines: string[] = [];
  const setting = attempt(() => parseSection(settingSchema, value, "$"), lines);
  const areFieldsLegal = lines.length === 0;
  const ruleSet = findRuleSet(value);
  const others = findAlternatives(value);
  for (const [path, one] of [["$.ruleSet", ruleSet] as const, ...others]) {
    if (one !== undefined) lines.push(...checkRuleSet(JSON.stringify(one)).map((problem) => describe(path, problem)));
  }
  if (!setting || lines.length > 0) {
    throw new MusterError(areFieldsLegal ? "RULE_SET_INVALID" : "FIELD_INVALID", lines.join("\n"));
  }
  const { requestTimeoutSeconds: seconds, queue, ruleSet: _, $schema: __, alternatives, ...rest } = setting;
  const requestTimeoutMs = seconds === 0 ? REQUEST_TIMEOUT_MS_DEFAULT : seconds * 1_000;
  const named = alternatives.map((one, index) => ({ ruleSet: `alternative-${index + 1}`, queue: one.queue }));
  const configuration = {
    ...rest,
    ...{ ruleSet: "preferred", queue: queue || undefined, requestTimeoutMs },
    ...(named.length > 0 && { alternatives: named }),
  };
  checkConfiguration({ ...configuration, queue: "any" });
  return {
    configuration,
    ruleSet: JSON.stringify(ruleSet),
    alternatives: alternatives.map((one) => JSON.stringify(one.ruleSet)),
  };
}

function attempt<Value>(parse: () => Value, lines: string[]): Value | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    lines.push(...error.message.split("\n"));
    return undefined;
  }
}

/** The object with its keys in camel case; any other value as it is. */
export function withCamelKeys(document: unknown): unknown {
  if (typeof document !== "object" || document === null || Array.isArray(document)) return document;
  const camel = (key: string) => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(document).map(([key, value]) => [camel(key), value]));
}

function findRuleSet(value: unknown): object | undefined {
  if (typeof value !== "object" || value === null || !("ruleSet" in value)) return undefined;
  const { ruleSet } = value;
  return typeof ruleSet === "object" && ruleSet !== null && !Array.isArray(ruleSet) ? ruleSet : undefined;
}

/** The rule set of each alternative with its path; undefined for what is none. */
function findAlternatives(value: unknown): readonly (readonly [string, object | undefined])[] {
  if (typeof value !== "object" || value === null || !("alternatives" in value)) return [];
  const { alternatives } = value;
  if (!Array.isArray(alternatives)) return [];
  return alternatives.map((one, index) => [`$.alternatives[${index}].ruleSet`, findRuleSet(one)] as const);
}

function describe(of: string, { path, message, value }: Problem): string {
  const shown = value === undefined ? "missing" : JSON.stringify(value);
  return `${of}${path.slice(1)} ${message}: it is ${shown.length > 64 ? `${shown.slice(0, 64)}…` : shown}`;
}
