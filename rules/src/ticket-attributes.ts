// What a ticket must bring: checked when it arrives, so that nobody searches who could never be judged.
import { MusterError } from "@muster/proto";
import { isOfType, type JudgedPlayer } from "./roster.ts";
import type { AttributeSpec, RuleSet } from "./rule-set.ts";

/**
 * The players with the rule set's defaults filled in. Attributes that the rule set does not declare pass through.
 *
 * @throws {MusterError} ATTRIBUTE_INVALID with `metadata.field` such as `players[0].attributes.skill` when a declared
 * attribute is of another type, or missing without a default.
 */
export function checkTicketAttributes(ruleSet: RuleSet, players: readonly JudgedPlayer[]): readonly JudgedPlayer[] {
  return players.map((player, index) => {
    let { attributes } = player;
    for (const spec of ruleSet.attributes) {
      const value = Object.hasOwn(attributes, spec.name) ? attributes[spec.name] : undefined;
      if (value === undefined) {
        if (spec.default === undefined) throw attributeInvalid(index, spec, "it is missing");
        attributes = { ...attributes, [spec.name]: spec.default };
      } else if (!isOfType(value, spec.type)) {
        throw attributeInvalid(index, spec, `it is ${JSON.stringify(value).slice(0, 64)}`);
      }
    }
    return attributes === player.attributes ? player : { ...player, attributes };
  });
}

function attributeInvalid(index: number, { name, type }: AttributeSpec, state: string): MusterError {
  const field = `players[${index}].attributes.${name}`;
  const message = `Cannot take ${field} as the rule set declares a ${type}: ${state}`;
  return new MusterError("ATTRIBUTE_INVALID", message, { metadata: { field } });
}
