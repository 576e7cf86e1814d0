// The language as JSON Schema, for editors: keys, types and ranges of the three dialects, told apart as the parser does. What
// only the whole document shows, such as a name that nothing declares, `checkRuleSet` alone can say.
import { limits } from "@muster/proto";
import { ruleTypeSpellings } from "../rule-types/table.ts";
import { dialects } from "./dialect.ts";
import { aggregationNames } from "./expression.ts";

type Schema = { readonly [key: string]: unknown };

const text: Schema = { type: "string" };
const name: Schema = { type: "string", minLength: 1, maxLength: 64 };
const count = (minimum: number, maximum: number): Schema => ({ type: "integer", minimum, maximum });
const number = (minimum: number, maximum: number): Schema => ({ type: "number", minimum, maximum });
const choice = (...values: readonly string[]): Schema => ({ enum: values });
const list = (items: Schema, minItems: number, maxItems: number): Schema => ({
  type: "array",
  items,
  minItems,
  maxItems,
});
const object = (properties: Readonly<Record<string, Schema>>, required: readonly string[]): Schema => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

const plainValue: Schema = {
  anyOf: [{ type: "number" }, { type: "string", maxLength: limits.ATTRIBUTE_TEXT_CHARS_MAX }],
};
const distance = number(0, limits.NUMBER_MAX);
const latency = number(0, 999_999);
const strings = list({ type: "string", maxLength: limits.ATTRIBUTE_TEXT_CHARS_MAX }, 1, limits.ATTRIBUTE_ITEMS_MAX);

/** Fields of rules by name; those that mean another thing in one type stand under it below. */
const fields: Readonly<Record<string, Schema>> = {
  measurements: list(text, 1, 16),
  referenceValue: plainValue,
  minDistance: distance,
  maxDistance: distance,
  minCount: count(0, limits.ATTRIBUTE_ITEMS_MAX * limits.MATCH_PLAYERS_MAX),
  maxCount: count(0, limits.ATTRIBUTE_ITEMS_MAX * limits.MATCH_PLAYERS_MAX),
  batchAttribute: name,
  maxLatency: latency,
  distanceReference: choice("min", "avg"),
  sortDirection: choice("ascending", "descending"),
  sortAttribute: name,
  mapKey: choice("minValue", "maxValue"),
  statement: text,
};
const fieldsOfType: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  comparison: { operation: choice("=", "!=", "<", "<=", ">", ">=") },
  collection: {
    operation: choice("intersection", "contains", "reference_intersection_count"),
    referenceValue: { anyOf: [text, strings] },
  },
  latency: { maxDistance: latency },
};
/** Beside name and type. */
const required: Readonly<Record<string, readonly string[]>> = {
  comparison: ["measurements", "operation"],
  distance: ["measurements", "referenceValue"],
  batchDistance: ["batchAttribute"],
  collection: ["measurements", "operation"],
  latency: ["maxLatency"],
  distanceSort: ["sortDirection", "sortAttribute"],
  absoluteSort: ["sortDirection", "sortAttribute"],
  compound: ["statement"],
};

const rule = (dialect: keyof typeof dialects): Schema => ({
  oneOf: ruleTypeSpellings.map(({ type, names, keys }) => {
    // FlexMatch asks a latency rule for a latency or a distance.
    const isEither = dialect === "FLEXMATCH" && type === "latency";
    const either = isEither ? { anyOf: [{ required: ["maxLatency"] }, { required: ["maxDistance"] }] } : {};
    const own = keys.map((key) => [key, fieldsOfType[type]?.[key] ?? fields[key] ?? {}] as const);
    const properties = {
      name,
      type: choice(...names),
      description: text,
      partyAggregation: choice(...aggregationNames),
      ...Object.fromEntries(own),
    };
    return { ...object(properties, ["name", "type", ...(isEither ? [] : (required[type] ?? []))]), ...either };
  }),
});

const attribute = (more: Readonly<Record<string, Schema>>): Schema =>
  object({ name, type: choice("number", "string", "string_list", "string_number_map"), default: {}, ...more }, [
    "name",
    "type",
  ]);

const team = (quantity: Readonly<Record<string, Schema>>, quantityKeys: readonly string[] = []): Schema =>
  object(
    {
      name,
      minPlayers: count(0, limits.MATCH_PLAYERS_MAX),
      maxPlayers: count(1, limits.MATCH_PLAYERS_MAX),
      ...quantity,
    },
    ["name", "minPlayers", "maxPlayers", ...quantityKeys],
  );

const algorithm = object(
  {
    strategy: choice("exhaustiveSearch", "balanced"),
    batchingPreference: choice("random", "sorted", "largestPopulation", "fastestRegion"),
    sortByAttributes: list(name, 1, 5),
    balancedAttribute: name,
    expansionAgeSelection: choice("newest", "oldest"),
    backfillPriority: choice("normal", "low", "high"),
  },
  [],
);

const expansions = ({ expansionsMax, stepsMax }: (typeof dialects)[keyof typeof dialects]): Schema => {
  const step = object({ waitTimeSeconds: count(0, 43_200), value: {} }, ["waitTimeSeconds", "value"]);
  return list(object({ target: text, steps: list(step, 1, stepsMax) }, ["target", "steps"]), 0, expansionsMax);
};

const quantity = count(1, limits.MATCH_PLAYERS_MAX);
const sections = (dialect: keyof typeof dialects, parts: { readonly attribute: Schema; readonly team: Schema }) => ({
  playerAttributes: list(parts.attribute, 0, dialects[dialect].attributesMax),
  teams: list(parts.team, 1, 64),
  rules: list(rule(dialect), 0, dialects[dialect].rulesMax),
  expansions: expansions(dialects[dialect]),
});
const v1: Schema = { const: "v1.0" };

/** JSON Schema, draft 2020-12, of a rule set in any dialect. */
export const ruleSetJsonSchema: Schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Muster rule set",
  description: "Which players may form a match, in the words of FlexMatch, GPM or PGOS: see docs/rule-sets.md.",
  anyOf: [
    {
      title: "FlexMatch",
      ...object(
        {
          $schema: text,
          ruleLanguageVersion: { const: "1.0" },
          name: text,
          algorithm,
          ...sections("FLEXMATCH", { attribute: attribute({}), team: team({ quantity }) }),
        },
        ["ruleLanguageVersion", "teams"],
      ),
    },
    {
      title: "PGOS",
      ...object(
        {
          $schema: text,
          version: v1,
          algorithm,
          ...sections("PGOS", {
            attribute: attribute({ partyAggregation: choice(...aggregationNames) }),
            team: team({ minQuantity: quantity, maxQuantity: quantity }),
          }),
        },
        ["version", "teams"],
      ),
    },
    {
      title: "GPM",
      ...object(
        {
          $schema: text,
          version: v1,
          ...sections("GPM", { attribute: attribute({}), team: team({ number: list(quantity, 2, 2) }) }),
        },
        ["version", "teams"],
      ),
    },
  ],
};
