// The `algorithm` section: how matches are searched for among the many that rules allow. FlexMatch's; PGOS documents may
// have it too, as neither of the older two says whose age expands.
import type { Algorithm, AttributeSpec } from "../rule-set.ts";
import type { Dialect } from "./dialect.ts";
import { type Declared, findAttribute } from "./parse-expression.ts";
import { readChoice, readList, readObject, refuse, type Spot } from "./spot.ts";

const strategies = ["exhaustiveSearch", "balanced"] as const;
const batchings = { exhaustiveSearch: ["random", "sorted"], balanced: ["largestPopulation", "fastestRegion"] } as const;
const priorities = ["normal", "low", "high"] as const;
const ages = ["newest", "oldest"] as const;
/** FlexMatch's. */
const SORT_ATTRIBUTES_MAX = 5;

/** What holds where a document says nothing. */
export const defaultAlgorithm: Algorithm = {
  strategy: "exhaustiveSearch",
  batchingPreference: "random",
  sortByAttributes: [],
  balancedAttribute: undefined,
  backfillPriority: "normal",
};

type Attributes = Pick<Declared, "dialect" | "attributes">;

/** Reads one field of the section into the algorithm; undefined if it is wrong. */
type Field = (algorithm: Algorithm, spot: Spot, declared: Attributes) => Algorithm | undefined;

const fieldReaders: Readonly<Record<keyof Algorithm, Field>> = {
  strategy(algorithm, spot) {
    const strategy = readChoice(spot, strategies);
    if (!strategy) return undefined;
    const [usual] = batchings[strategy];
    const fits = batchings[strategy].some((one) => one === algorithm.batchingPreference);
    return { ...algorithm, strategy, batchingPreference: fits ? algorithm.batchingPreference : usual };
  },
  batchingPreference(algorithm, spot) {
    const batchingPreference = readChoice(spot, batchings[algorithm.strategy]);
    return batchingPreference && { ...algorithm, batchingPreference };
  },
  sortByAttributes(algorithm, spot, declared) {
    const items = readList(spot, { min: 1, max: SORT_ATTRIBUTES_MAX });
    const found = items?.map((item) => readAttribute(item, declared, ["number", "string"]));
    const sortByAttributes = found?.filter((attribute) => attribute !== undefined);
    return sortByAttributes && sortByAttributes.length === items?.length
      ? { ...algorithm, sortByAttributes }
      : undefined;
  },
  balancedAttribute(algorithm, spot, declared) {
    const balancedAttribute = readAttribute(spot, declared, ["number"]);
    return balancedAttribute && { ...algorithm, balancedAttribute };
  },
  backfillPriority(algorithm, spot) {
    const backfillPriority = readChoice(spot, priorities);
    return backfillPriority && { ...algorithm, backfillPriority };
  },
};

/** In the order in which they are read: what may be batched depends on the strategy. */
const fieldNames = Object.keys(fieldReaders).filter(isAlgorithmField);

/** Whether an expansion may set `algorithm.<name>`. */
export function isAlgorithmField(name: string): name is keyof Algorithm {
  return Object.hasOwn(fieldReaders, name);
}

export const algorithmFields: readonly string[] = fieldNames;

/** The section, and whose age decides what has expanded. What is wrong is reported and counts as absent. */
export function parseAlgorithm(
  spot: Spot,
  declared: Attributes,
): { readonly algorithm: Algorithm; readonly expansionAge: "newest" | "oldest" } {
  const nothing = { algorithm: defaultAlgorithm, expansionAge: "newest" } as const;
  const fields =
    spot.value === undefined ? undefined : readObject(spot, { known: [...fieldNames, "expansionAgeSelection"] });
  if (!fields) return nothing;
  let algorithm = defaultAlgorithm;
  for (const name of fieldNames) {
    const given = fields(name);
    if (given.value !== undefined) algorithm = fieldReaders[name](algorithm, given, declared) ?? algorithm;
  }
  checkAlgorithm(spot, algorithm);
  const age = fields("expansionAgeSelection");
  return { algorithm, expansionAge: (age.value === undefined ? undefined : readChoice(age, ages)) ?? "newest" };
}

/** The algorithm with `field` set to the value at `spot`, as a step of an expansion does. */
export function expandAlgorithm(
  algorithm: Algorithm,
  { field, spot, declared }: { readonly field: keyof Algorithm; readonly spot: Spot; readonly declared: Attributes },
): Algorithm | undefined {
  return fieldReaders[field](algorithm, spot, declared);
}

/** What one field asks of another. */
export function checkAlgorithm(spot: Spot, algorithm: Algorithm): void {
  if (algorithm.strategy === "balanced" && !algorithm.balancedAttribute) {
    refuse(
      { ...spot, path: `${spot.path}.balancedAttribute`, value: undefined },
      "must name what a balanced search balances",
    );
  }
  if (algorithm.batchingPreference === "sorted" && algorithm.sortByAttributes.length === 0) {
    refuse(
      { ...spot, path: `${spot.path}.sortByAttributes`, value: undefined },
      "must name what a sorted batch sorts by",
    );
  }
}

function readAttribute(
  spot: Spot,
  { dialect, attributes }: { readonly dialect: Dialect; readonly attributes: Declared["attributes"] },
  types: readonly AttributeSpec["type"][],
): AttributeSpec | undefined {
  if (typeof spot.value !== "string") return refuse(spot, "must name an attribute");
  const attribute = findAttribute(spot, spot.value, { dialect, attributes, teams: new Map() });
  if (!attribute || types.includes(attribute.type)) return attribute;
  return refuse(spot, `must name a ${types.join(" or a ")}, not the ${attribute.type} "${attribute.name}"`);
}
