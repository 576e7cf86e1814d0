// What one player brings for an attribute: the closure for its type, with its default.
import type { AttributeValue } from "@muster/proto";
import { type JudgedPlayer, readAttribute } from "../../roster.ts";
import type { AttributeSpec } from "../../rule-set.ts";
import type { Leaf } from "./node.ts";

/**
 * As `readAttribute` reads it, and of a map the number at `mapKey`. What objects inherit is never a number, a string or a
 * list, so that only maps are asked whether a name is theirs.
 */
export function attributeReader(spec: AttributeSpec, mapKey: string | undefined): (player: JudgedPlayer) => Leaf {
  const { name } = spec;
  if (mapKey !== undefined) return (player) => numberAt(readAttribute(player, spec), mapKey);
  const standard = leafOf(spec.default);
  switch (spec.type) {
    case "number":
      return ({ attributes }) => {
        const value = attributes[name];
        return typeof value === "number" && Number.isFinite(value) ? value : standard;
      };
    case "string":
      return ({ attributes }) => {
        const value = attributes[name];
        return typeof value === "string" ? value : standard;
      };
    case "string_list":
      return ({ attributes }) => {
        const value = attributes[name];
        return isStringList(value) ? value : standard;
      };
    case "string_number_map": // Only ever read at a key.
      return () => undefined;
  }
}

function numberAt(map: AttributeValue | undefined, key: string): number | undefined {
  if (typeof map !== "object" || isList(map)) return undefined;
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function leafOf(value: AttributeValue | undefined): Leaf {
  return typeof value !== "object" || isList(value) ? value : undefined;
}

function isStringList(value: AttributeValue | undefined): value is readonly string[] {
  if (!Array.isArray(value)) return false;
  for (let at = 0; at < value.length; at += 1) if (typeof value[at] !== "string") return false;
  return true;
}

function isList(value: AttributeValue): value is readonly string[] {
  return Array.isArray(value);
}
