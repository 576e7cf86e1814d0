// The `playerAttributes` section: what players bring, of which type, and what stands in when they do not.
import { limits } from "@muster/proto";
import { isOfType } from "../roster.ts";
import type { AttributeSpec } from "../rule-set.ts";
import { type Dialect, dialects } from "./dialect.ts";
import { aggregationNames, type PartyAggregation } from "./expression.ts";
import { aggregates } from "./parse-expression.ts";
import { type Fields, RESERVED, readChoice, readList, readName, readObject, refuse, type Spot } from "./spot.ts";

const types = ["number", "string", "string_list", "string_number_map"] as const;

/** The attributes by name, undefined for one whose declaration is wrong. */
export function parseAttributes(spot: Spot, dialect: Dialect): ReadonlyMap<string, AttributeSpec | undefined> {
  const attributes = new Map<string, AttributeSpec | undefined>();
  const taken = new Set<string>();
  for (const item of readList(spot, { min: 0, max: dialects[dialect].attributesMax }) ?? []) {
    const known = ["name", "type", "default", ...(dialect === "PGOS" ? ["partyAggregation"] : [])];
    const fields = readObject(item, { known: dialect === "PGOS" ? [...known, "key"] : known });
    const key = fields?.("key");
    if (key?.value !== undefined) refuse(key, "must be absent: attributes come with the ticket, from nowhere else");
    const name = fields && readName(fields("name"), taken);
    if (fields && name !== undefined) attributes.set(name, readSpec(fields, name));
  }
  return attributes;
}

function readSpec(fields: Fields, name: string): AttributeSpec | undefined {
  const type = readChoice(fields("type"), types);
  const partyAggregation = readAggregation(fields("partyAggregation"));
  if (!type) return undefined;
  const given = fields("default");
  if (given.value !== undefined && !(isOfType(given.value, type) && isWithinLimits(given.value))) {
    return refuse(given, `must be a ${type}, as the attribute is, within the limits of what players send`);
  }
  if (partyAggregation && !aggregates(partyAggregation, type)) {
    const fitting = aggregationNames.filter((one) => aggregates(one, type)).join(", ");
    return refuse(fields("partyAggregation"), `must be one of ${fitting} for a ${type}`);
  }
  const value = given.value === 0 ? 0 : given.value; // −0 is 0.
  return { name, type, default: isOfType(value, type) ? value : undefined, partyAggregation };
}

function readAggregation(spot: Spot): PartyAggregation | undefined {
  return spot.value === undefined ? undefined : readChoice(spot, aggregationNames);
}

/** What a player could not send may not be a default either. */
function isWithinLimits(value: unknown): boolean {
  if (typeof value === "number") return Math.abs(value) <= limits.NUMBER_MAX;
  if (typeof value === "string") return value.length <= limits.ATTRIBUTE_TEXT_CHARS_MAX && value.isWellFormed();
  if (typeof value !== "object" || value === null) return false;
  if (Object.keys(value).some((key) => !isWithinLimits(key) || RESERVED.includes(key))) return false;
  const items = Object.values(value);
  return items.length <= limits.ATTRIBUTE_ITEMS_MAX && items.every(isWithinLimits);
}
