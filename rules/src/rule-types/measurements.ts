// The two fields that most rule types share: what is measured, and what it is measured against.
import { limits } from "@muster/proto";
import type { Expression } from "../language/expression.ts";
import { looksLikeExpression, parseExpression } from "../language/parse-expression.ts";
import { readList, refuse, type Spot } from "../language/spot.ts";
import type { RuleContext } from "./rule-type.ts";

/** Measurements of one rule: each is evaluated for every candidate match. */
const MEASUREMENTS_MAX = 16;

export type Reference =
  | { readonly type: "literal"; readonly value: number | string }
  | { readonly type: "expression"; readonly expression: Expression };

type Measured = "number" | "string" | "string_list";

/** The expressions of `measurements`: all of one kind, which is one of `kinds`. */
export function readMeasurements(
  spot: Spot,
  context: RuleContext,
  kinds: readonly Measured[] = ["number", "string"],
): readonly Expression[] | undefined {
  const items = readList(spot, { min: 1, max: MEASUREMENTS_MAX });
  if (!items) return undefined;
  const found: Expression[] = [];
  for (const item of items) {
    const expression = parseExpression(item, context.declared, context.aggregation);
    if (!expression) continue;
    if (expression.leaf === "team" || expression.leaf === "player") {
      refuse(item, `measures ${expression.leaf}s: take an attribute, players[playerId] or count() of them`);
    } else if (!kinds.includes(expression.leaf)) {
      refuse(item, `must measure ${kinds.join("s or ")}s, not ${expression.leaf}s`);
    } else if (found[0] && found[0].leaf !== expression.leaf) {
      refuse(item, `must measure ${found[0].leaf}s as the measurements before it do`);
    } else found.push(expression);
  }
  return found.length === items.length ? found : undefined;
}

/** The reference value: a number or string, or an expression no deeper than any of the measurements. */
export function readReference(
  spot: Spot,
  context: RuleContext,
  measurements: readonly Expression[] | undefined,
): Reference | undefined {
  const reference = readOperand(spot, context);
  if (!reference || !measurements) return undefined;
  const leaf = reference.type === "literal" ? typeof reference.value : reference.expression.leaf;
  if (leaf !== measurements[0]?.leaf) return refuse(spot, `must be a ${measurements[0]?.leaf} as the measurements are`);
  const depth = reference.type === "literal" ? 0 : reference.expression.depth;
  if (measurements.some((measurement) => depth > measurement.depth)) {
    return refuse(spot, "must not be nested deeper than the measurements");
  }
  return reference;
}

function readOperand(spot: Spot, context: RuleContext): Reference | undefined {
  const { value } = spot;
  if (typeof value === "string" && looksLikeExpression(value)) {
    const expression = parseExpression(spot, context.declared, context.aggregation);
    return expression && { type: "expression", expression };
  }
  const literal = readLiteral(spot);
  return literal === undefined ? undefined : { type: "literal", value: literal };
}

/** A number or a string that an attribute could have too. */
export function readLiteral(spot: Spot): number | string | undefined {
  const { value } = spot;
  if (typeof value === "number" && Math.abs(value) <= limits.NUMBER_MAX) return value + 0; // −0 is 0.
  if (isText(value)) return value;
  const text = `a string of 1 to ${limits.ATTRIBUTE_TEXT_CHARS_MAX} characters`;
  return refuse(spot, `must be a number of at most ${limits.NUMBER_MAX} either way, ${text} or an expression`);
}

/** A string that an attribute could have too. */
export function isText(value: unknown): value is string {
  if (typeof value !== "string" || value.length < 1) return false;
  return value.length <= limits.ATTRIBUTE_TEXT_CHARS_MAX && value.isWellFormed();
}
