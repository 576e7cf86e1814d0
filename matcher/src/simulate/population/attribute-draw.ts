// What players bring: how a population says it for each type of attribute, and how a party's are drawn.
import type { Random } from "@muster/kit";
import { type AttributeValue, limits } from "@muster/proto";
import { z } from "zod";
import { drawPartyNumbers, numberDrawSchema, ratio } from "./number-draw.ts";
import { drawKey, weight } from "./weights.ts";

const RESERVED = ["__proto__", "constructor", "prototype"];
/** As the API takes names of attributes, and keys of maps. */
export const attributeName = z
  .string()
  .refine(
    (name) =>
      name.length >= 1 &&
      name.length <= limits.ATTRIBUTE_NAME_CHARS_MAX &&
      name.isWellFormed() &&
      !RESERVED.includes(name),
    `a name of 1 to ${limits.ATTRIBUTE_NAME_CHARS_MAX} characters that JavaScript does not reserve`,
  );
const text = z
  .string()
  .refine(
    (value) => value.length <= limits.ATTRIBUTE_TEXT_CHARS_MAX && value.isWellFormed(),
    `well-formed text of at most ${limits.ATTRIBUTE_TEXT_CHARS_MAX} characters`,
  );
const choices = z
  .record(text, weight)
  .refine(...sized("choice", 1_000))
  .describe("Texts, and how often each is drawn relative to the others.");
const partyCorrelation = ratio
  .default(0)
  .describe("Chance that a member has what the party has in common. 1: all members have the same.");

const stringSchema = z.strictObject({ type: z.literal("string"), choices, partyCorrelation });
const stringListSchema = z
  .strictObject({
    type: z.literal("string_list"),
    choices,
    counts: z
      .record(z.string().regex(/^(?:[0-9]|[1-9][0-9]|100)$/, "a whole number from 0 to 100"), weight)
      .refine(...sized("count", 101))
      .describe("How many different texts a player has: numbers, and how often each is drawn."),
    partyCorrelation,
  })
  .refine((draw) => largestKey(draw.counts) <= Object.keys(draw.choices).length, {
    path: ["counts"],
    error: "keys up to the number of choices",
  });
const mapSchema = z.strictObject({
  type: z.literal("string_number_map"),
  entries: z
    .record(attributeName, numberDrawSchema)
    .refine(...sized("entry", limits.ATTRIBUTE_ITEMS_MAX))
    .describe("Keys, and how the number under each is drawn."),
});

export const attributeDrawSchema = z.discriminatedUnion("type", [
  numberDrawSchema.safeExtend({ type: z.literal("number") }),
  stringSchema,
  stringListSchema,
  mapSchema,
]);

export type AttributeDraw = z.output<typeof attributeDrawSchema>;

/** Draws one attribute of one party, a call a member. */
export function drawPartyAttribute(draw: AttributeDraw, random: Random): () => AttributeValue {
  switch (draw.type) {
    case "number":
      return drawPartyNumbers(draw, random);
    case "string":
      return sharing(draw.partyCorrelation, random, () => drawKey(draw.choices, random));
    case "string_list":
      return sharing(draw.partyCorrelation, random, () => drawList(draw, random));
    case "string_number_map": {
      const entries = Object.entries(draw.entries).map(([key, one]) => [key, drawPartyNumbers(one, random)] as const);
      return () => Object.fromEntries(entries.map(([key, drawOne]) => [key, drawOne()]));
    }
  }
}

/** Draws once for the party, and for each member either takes that or draws again. */
function sharing<Value>(partyCorrelation: number, random: Random, draw: () => Value): () => Value {
  const ofParty = draw();
  return () => (random.fraction() < partyCorrelation ? ofParty : draw());
}

/** Different texts in the order in which they were drawn. */
function drawList(draw: z.output<typeof stringListSchema>, random: Random): readonly string[] {
  const count = Number(drawKey(draw.counts, random));
  const left = { ...draw.choices };
  return Array.from({ length: count }, () => {
    const key = drawKey(left, random);
    delete left[key];
    return key;
  });
}

function largestKey(weights: Readonly<Record<string, number>>): number {
  return Math.max(...Object.keys(weights).map(Number));
}

function sized(what: string, max: number): [(record: object) => boolean, string] {
  return [
    (record) => Object.keys(record).length >= 1 && Object.keys(record).length <= max,
    `1 to ${max} entries, each a ${what}`,
  ];
}
