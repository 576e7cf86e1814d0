// Texts that a ticket has to have for a query to find it: what tickets can be found by, and told apart by, without being scored.
import type { QueryNode } from "./syntax.ts";

/** A field, and the text that it has to have as a whole, as it was written. */
export type RequiredText = { readonly field: string; readonly text: string };

/** Every text that each ticket has that the query finds, in the order of the query. */
export function requiredTextsOf(node: QueryNode): readonly RequiredText[] {
  if (node.type === "everything") return [];
  if (node.type === "group") {
    const [only, ...others] = node.must.length === 0 ? node.should : [];
    if (only && others.length === 0) return requiredTextsOf(only); // One should-clause alone is required.
    return node.must.flatMap(requiredTextsOf);
  }
  const { condition, field } = node;
  const isText = condition.type === "equals" && condition.number === undefined && condition.instantMs === undefined;
  return isText ? [{ field, text: condition.text }] : [];
}
