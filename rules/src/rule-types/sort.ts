// distanceSort and absoluteSort: which tickets are tried first beside an anchor. They order candidates and forbid nothing.
import { isSortable, type PartyAggregation, type SortableAttribute } from "../language/expression.ts";
import { aggregates, findAttribute } from "../language/parse-expression.ts";
import { readChoice, refuse } from "../language/spot.ts";
import { readAttribute, type SeatedPlayer } from "../roster.ts";
import type { RuleType } from "./rule-type.ts";

const directions = ["ascending", "descending"] as const;
const mapKeys = ["minValue", "maxValue"] as const;

type SortRule<Type extends string> = {
  readonly name: string;
  readonly type: Type;
  readonly attribute: SortableAttribute;
  readonly direction: (typeof directions)[number];
  /** Of a map: the anchor's key of the lowest or highest value is what both are read at. */
  readonly mapKey: (typeof mapKeys)[number];
  readonly aggregation: PartyAggregation;
};
export type DistanceSortRule = SortRule<"distanceSort">;
export type AbsoluteSortRule = SortRule<"absoluteSort">;

/** By how far the ticket's value lies from the anchor's. */
export const distanceSort: RuleType<DistanceSortRule> = createSort("distanceSort", (value, anchor) =>
  Math.abs(value - anchor),
);

/** By the ticket's own value. */
export const absoluteSort: RuleType<AbsoluteSortRule> = createSort("absoluteSort", (value) => value);

function createSort<Type extends string>(
  type: Type,
  measure: (value: number, anchor: number) => number,
): RuleType<SortRule<Type>> {
  return {
    names: [type],
    keys: ["sortDirection", "sortAttribute", "mapKey"],

    parse(fields, { name, declared, aggregation = "avg", spot }) {
      const direction = readChoice(fields("sortDirection"), directions);
      const wanted = fields("sortAttribute");
      if (typeof wanted.value !== "string") return refuse(wanted, "must name an attribute");
      const attribute = findAttribute(wanted, wanted.value, declared);
      const given = fields("mapKey");
      const mapKey = given.value === undefined ? "minValue" : readChoice(given, mapKeys);
      if (!attribute || !direction || !mapKey) return undefined;
      if (!isSortable(attribute)) {
        return refuse(
          wanted,
          `must name a number or a string_number_map, not the ${attribute.type} "${attribute.name}"`,
        );
      }
      if (given.value !== undefined && attribute.type === "number")
        return refuse(given, "must not be given for a number");
      if (!aggregates(aggregation, attribute.type)) {
        return refuse({ ...spot, path: `${spot.path}.partyAggregation`, value: aggregation }, "must fit numbers");
      }
      return { name, type, attribute, direction, mapKey, aggregation };
    },

    expandable: [],
    expand: (_, __, spot) => refuse(spot, "must expand a rule that can be broken"),
    expressions: () => [],
    isCountsOnly: () => false,
    findBreach: () => undefined,
    mayStillHold: () => true,
    kinship: () => undefined,
    constraints: ({ attribute, direction }) => [
      {
        kind: "order",
        over: attribute.name,
        says: `${direction}, by ${type === "distanceSort" ? "distance" : "value"}`,
      },
    ],

    sortKey(rule, ticket, anchor) {
      const key = keyOf(rule, anchor);
      const value = measureTicket(rule, ticket, key);
      const from = measureTicket(rule, anchor, key);
      if (value === undefined || from === undefined) return Number.POSITIVE_INFINITY; // Who has no value comes last.
      return rule.direction === "ascending" ? measure(value, from) : -measure(value, from);
    },
  };
}

/** The key of a map that is compared: of the anchor's lowest or highest value, the first by name of several. */
function keyOf({ attribute, mapKey }: SortRule<string>, anchor: readonly SeatedPlayer[]): string | undefined {
  if (attribute.type === "number") return undefined;
  let found: { readonly key: string; readonly value: number } | undefined;
  for (const player of anchor) {
    for (const [key, value] of Object.entries(readAttribute(player, attribute) ?? {}).toSorted()) {
      if (typeof value !== "number") continue;
      const isBetter = !found || (mapKey === "minValue" ? value < found.value : value > found.value);
      if (isBetter) found = { key, value };
    }
  }
  return found?.key;
}

function measureTicket(
  { attribute, aggregation }: SortRule<string>,
  players: readonly SeatedPlayer[],
  key: string | undefined,
): number | undefined {
  const numbers: number[] = [];
  for (const player of players) {
    const value = readAttribute(player, attribute);
    const number =
      typeof value === "object" && !Array.isArray(value) && key !== undefined ? mapValue(value, key) : value;
    if (typeof number === "number") numbers.push(number);
  }
  if (numbers.length === 0) return undefined;
  if (aggregation === "min") return numbers.reduce((least, value) => Math.min(least, value));
  if (aggregation === "max") return numbers.reduce((most, value) => Math.max(most, value));
  if (aggregation === "any") return numbers[0];
  return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}

function mapValue(map: object, key: string): number | undefined {
  const value: unknown = Object.hasOwn(map, key) ? Reflect.get(map, key) : undefined;
  return typeof value === "number" ? value : undefined;
}
