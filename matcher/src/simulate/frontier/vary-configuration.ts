// Variants of one configuration: the same document with one place set to each of several values. A place is named as an
// expansion names its target, or by any path of the document.
import { closestWord } from "@muster/kit";
import { fieldInvalid, type MusterError } from "@muster/proto";

/** Sections of a rule set that paths may begin with, as targets of expansions do. */
const RULE_SET_SECTIONS = ["teams", "rules", "playerAttributes", "expansions", "algorithm"];
/** What one table and chart can show side by side. */
const VARIANTS_MAX = 16;
/** `.key`, or `[names]`, where a name may hold one pair of brackets itself. */
const STEP = /^(?:\.([A-Za-z_$][A-Za-z0-9_]*)|\[((?:[^[\]]|\[[^[\]]*\])+)\])/;
const FORBIDDEN = ["__proto__", "constructor", "prototype"];

export type Variation = {
  /** As it was given: `rules[fair].maxDistance`. */
  readonly target: string;
  readonly values: readonly unknown[];
};

/** What lies where a path goes on: a key of an object, or items of a list. */
type Step =
  | { readonly type: "key"; readonly key: string }
  | { readonly type: "items"; readonly names: readonly string[] };

/**
 * The variation that a text such as `rules[fair].maxDistance=50,100,200` asks for. Values are JSON, or else texts.
 *
 * @throws {MusterError} FIELD_INVALID.
 *
 * @example
 * parseVariation("algorithm.strategy=balanced,exhaustiveSearch");
 */
export function parseVariation(text: string): Variation {
  const at = text.indexOf("=");
  if (at < 1) throw refuse("a target and values, as in rules[fair].maxDistance=50,100,200", text);
  const target = text.slice(0, at).trim();
  parsePath(target);
  const values = parseValues(text.slice(at + 1));
  if (values.length < 1 || values.length > VARIANTS_MAX) throw refuse(`1 to ${VARIANTS_MAX} values`, text);
  return { target, values };
}

/**
 * The configuration document with every place that `target` names set to `value`. Objects on the way that are missing are
 * made; items of lists must be there. Whether the result is legal is not looked at.
 *
 * @throws {MusterError} FIELD_INVALID if a list or an item that `target` goes through is not there.
 */
export function varyConfiguration(document: unknown, { target, value }: { target: string; value: unknown }): unknown {
  const steps = parsePath(target);
  const [first] = steps;
  const isInRuleSet = first?.type === "key" && RULE_SET_SECTIONS.includes(first.key);
  return put(document, isInRuleSet ? [{ type: "key", key: "ruleSet" }, ...steps] : steps, { target, value });
}

function put(place: unknown, [step, ...rest]: readonly Step[], change: { target: string; value: unknown }): unknown {
  if (!step) return change.value;
  if (step.type === "key") {
    if (typeof place !== "object" || Array.isArray(place) || place === null) {
      if (place !== undefined) throw refuse(`a path through objects up to "${step.key}"`, change.target);
    }
    const fields: Readonly<Record<string, unknown>> = { ...place };
    return { ...fields, [step.key]: put(Object.hasOwn(fields, step.key) ? fields[step.key] : undefined, rest, change) };
  }
  if (!Array.isArray(place)) throw refuse(`a path with a list before [${step.names.join(",")}]`, change.target);
  const found = new Set(step.names.flatMap((name) => indexesOf(place, name, change.target)));
  return place.map((item, index) => (found.has(index) ? put(item, rest, change) : item));
}

/** Items by their position, by their name, or by what they expand; all of them for `*`. */
function indexesOf(list: readonly unknown[], name: string, target: string): readonly number[] {
  if (name === "*") return [...list.keys()];
  if (/^\d+$/.test(name) && Number(name) < list.length) return [Number(name)];
  const names = list.map((item) => nameOf(item));
  const index = names.indexOf(name);
  if (index >= 0) return [index];
  const known = names.filter((one) => one !== undefined);
  const meant = closestWord(name, known);
  const hint = meant === undefined ? `there are ${known.join(", ") || "none"}` : `did you mean "${meant}"?`;
  throw refuse(`a path to an item that is there, which "${name}" is not (${hint})`, target);
}

function nameOf(item: unknown): string | undefined {
  if (typeof item !== "object" || item === null) return undefined;
  if ("name" in item && typeof item.name === "string") return item.name;
  return "target" in item && typeof item.target === "string" ? item.target : undefined;
}

function parsePath(target: string): readonly Step[] {
  const steps: Step[] = [];
  let rest = `.${target}`;
  while (rest !== "") {
    const [whole, key, names] = STEP.exec(rest) ?? [];
    if (whole === undefined) throw refuse("a path such as rules[fair].maxDistance or settleMs", target);
    if (key !== undefined && FORBIDDEN.includes(key)) throw refuse("a path of plain keys", target);
    steps.push(key === undefined ? { type: "items", names: listNames(names ?? "") } : { type: "key", key });
    rest = rest.slice(whole.length);
  }
  return steps;
}

/** `red,blue`; what an expansion targets has brackets of its own, and no commas outside of them. */
function listNames(text: string): readonly string[] {
  return text.includes("[") ? [text] : text.split(",").map((name) => name.trim());
}

function parseValues(text: string): readonly unknown[] {
  const asList = parseJson(`[${text}]`);
  if (Array.isArray(asList)) return asList;
  return text.split(",").map((part) => {
    const value = parseJson(part.trim());
    return value === undefined ? part.trim() : value;
  });
}

/** Undefined for what is no JSON: JSON has no undefined. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function refuse(rule: string, value: string): MusterError {
  return fieldInvalid("vary", rule, value);
}
