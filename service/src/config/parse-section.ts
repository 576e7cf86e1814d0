// A section of muster.json by its schema: every problem at once, each with its path, unknown keys with what was meant.
import { closestWord } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { z } from "zod";

/**
 * `value` as `schema` says; `path` leads the paths in the message, as in `$.fleets`. Objects of the schema should be strict.
 *
 * @throws {MusterError} CONFIG_INVALID with one line a problem; metadata `path` is the first.
 */
export function parseSection<Schema extends z.ZodType>(schema: Schema, value: unknown, path: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => describe(schema, issue, path));
  const message = problems.map((problem) => `Cannot read ${problem.path} as ${problem.rule}`).join("\n");
  throw new MusterError("CONFIG_INVALID", message, { metadata: { path: problems[0]?.path ?? path } });
}

type Problem = { readonly path: string; readonly rule: string };

function describe(schema: z.ZodType, issue: z.core.$ZodIssue, root: string): readonly Problem[] {
  const path = root + issue.path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(schema, issue.path);
    return issue.keys.map((key) => {
      const meant = closestWord(key, known);
      const hint = meant ? `did you mean "${meant}"?` : `known keys are ${known.join(", ")}`;
      return { path: `${path}.${key}`, rule: `there is no such key: ${hint}` };
    });
  }
  const rule = issue.message.replace(/^Invalid input: expected (.+), received (.+)$/, "$1: it is $2");
  return [{ path, rule: rule.charAt(0).toLowerCase() + rule.slice(1) }];
}

/** The keys that the object at `path` may have. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodObject) {
    const [key, ...rest] = path;
    if (key === undefined) return Object.keys(bare.shape);
    const inner = bare.shape[String(key)];
    return inner ? keysAt(inner, rest) : [];
  }
  if (bare instanceof z.ZodArray) return keysAt(bare.element, path.slice(1));
  if (bare instanceof z.ZodRecord) return keysAt(bare.valueType, path.slice(1));
  if (bare instanceof z.ZodUnion) return [...new Set(bare.options.flatMap((option) => keysAt(option, path)))];
  return [];
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return unwrap(schema.def.innerType);
  }
  return schema;
}
