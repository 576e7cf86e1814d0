// A section of muster.json by its schema: every problem at once, each with its path, unknown keys with what was meant.
import { closestWord } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { z } from "zod";

/**
 * `value` as `schema` says; `path` leads the paths in the message, as in `$.fleets`. Objects of the schema should be strict.
 *
 * @throws {MusterError} CONFIG_INVALID with one line a problem, the first fifty of them; metadata `path` is the first.
 */
export function parseSection<Schema extends z.ZodType>(schema: Schema, value: unknown, path: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => describe({ schema, value, path }, issue));
  const lines = problems.slice(0, PROBLEMS_SHOWN_MAX).map(({ path: at, rule }) => `Cannot read ${at} as ${rule}`);
  const more = problems.length - lines.length;
  const message = [...lines, ...(more > 0 ? [`… and ${more} more`] : [])].join("\n");
  throw new MusterError("CONFIG_INVALID", message, { metadata: { path: problems[0]?.path ?? path } });
}

type Problem = { readonly path: string; readonly rule: string };

type Section = { readonly schema: z.ZodType; readonly value: unknown; readonly path: string };

function describe(section: Section, issue: z.core.$ZodIssue): readonly Problem[] {
  const steps = issue.path.map((part) => (typeof part === "number" ? `[${part}]` : step(String(part))));
  const path = section.path + steps.join("");
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(section.schema, issue.path);
    return issue.keys.map((key) => {
      const meant = closestWord(key, known);
      const hint = meant ? `did you mean "${meant}"?` : `known keys are ${known.join(", ")}`;
      return { path: `${path}${step(key)}`, rule: `there is no such key: ${hint}` };
    });
  }
  if (issue.code === "invalid_key") {
    const rules = issue.issues.map(ruleOf).join(", ");
    return [{ path, rule: `a key that is ${rules}: it is ${shown(issue.path.at(-1))}` }];
  }
  return [{ path, rule: `${ruleOf(issue)}: it is ${shown(valueAt(section.value, issue.path))}` }];
}

/** What the schema asks for, to be read after "as". */
function ruleOf({ message }: { readonly message: string }): string {
  const rule = message
    .replace(/^Invalid input: expected (.+), received .+$/, "$1")
    .replace(/^Too (?:small|big): expected (.+) to (?:be|have) ([<>]=?)(.+)$/, "$1 $2 $3")
    .replace(
      /^Invalid (?:input|option|discriminator value)[:.] [Ee]xpected (?:one of )?(.+)$/,
      (_, choices: string) => {
        return `one of ${choices
          .replaceAll("|", ", ")
          .replaceAll(/\s*,\s*/g, ", ")
          .replaceAll("'", '"')}`;
      },
    );
  return rule.charAt(0).toLowerCase() + rule.slice(1);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== "object" || found === null) return undefined;
    found = Object.getOwnPropertyDescriptor(found, step)?.value;
  }
  return found;
}

/** More than a person mends before trying again; a list of a thousand slips must not fill a log. */
const PROBLEMS_SHOWN_MAX = 50;
const SHOWN_CHARS_MAX = 64;

function step(key: string): string {
  return `.${key.length > SHOWN_CHARS_MAX ? `${key.slice(0, SHOWN_CHARS_MAX)}…` : key}`;
}

/** As JSON, as far as that can be; what is not there is "missing". */
function shown(value: unknown): string {
  const text = value === undefined ? "missing" : (JSON.stringify(value) ?? String(value));
  return text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX)}…` : text;
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
