// Numbers of players: how a population says what they are spread like, and how one is drawn. Members of a party may be
// alike: each is drawn around what the party has in common, so that the spread over all players stays as it was said.
import type { Random } from "@muster/kit";
import { limits } from "@muster/proto";
import { z } from "zod";
import { drawWeighted, weight } from "./weights.ts";

const number = z.number().min(-limits.NUMBER_MAX).max(limits.NUMBER_MAX);

const normal = z.strictObject({
  type: z.literal("normal"),
  mean: number,
  deviation: z.number().min(0).max(limits.NUMBER_MAX).describe("Standard deviation."),
});
const uniform = z
  .strictObject({ type: z.literal("uniform"), from: number, to: number })
  .refine(({ from, to }) => from <= to, { path: ["to"], error: "at least `from`" });
const lognormal = z.strictObject({
  type: z.literal("lognormal"),
  median: z.number().gt(0).max(limits.NUMBER_MAX),
  deviation: z
    .number()
    .min(0)
    .max(10)
    .describe("Standard deviation of the natural logarithm: 0.5 puts 95 % within a factor of 2.7."),
});
const plainDistribution = z.discriminatedUnion("type", [normal, uniform, lognormal]);
const mixture = z.strictObject({
  type: z.literal("mixture"),
  parts: z
    .array(z.strictObject({ weight, distribution: plainDistribution }))
    .min(1)
    .max(16),
});

/** Chance or correlation, 0 to 1. */
export const ratio = z.number().min(0).max(1);

export const numberDrawSchema = z
  .strictObject({
    distribution: z.discriminatedUnion("type", [normal, uniform, lognormal, mixture]),
    min: number.optional().describe("What is drawn below is taken for this."),
    max: number.optional().describe("What is drawn above is taken for this."),
    decimals: z.int().min(0).max(6).default(0).describe("What is drawn is rounded to so many."),
    partyCorrelation: ratio.default(0).describe("How alike the members of a party are: 0 not at all, 1 all the same."),
  })
  .refine(({ min, max }) => min === undefined || max === undefined || min <= max, {
    path: ["max"],
    error: "at least `min`",
  });

export type NumberDraw = z.output<typeof numberDrawSchema>;

/** Draws the numbers of one party, a call a member. */
export function drawPartyNumbers(draw: NumberDraw, random: Random): () => number {
  const { distribution, min = -limits.NUMBER_MAX, max = limits.NUMBER_MAX, decimals, partyCorrelation } = draw;
  const plain = (): PlainDistribution =>
    distribution.type === "mixture" ? drawWeighted(distribution.parts, random).distribution : distribution;
  const ofParty = { plain: plain(), score: drawNormal(random) };
  const shared = Math.sqrt(partyCorrelation);
  const own = Math.sqrt(1 - partyCorrelation);
  const unit = 10 ** decimals;
  const within = (value: number) => Math.min(max, Math.max(min, value));
  return () => {
    const isLikeParty = random.fraction() < partyCorrelation;
    const part = isLikeParty ? ofParty.plain : plain();
    // The sum of two normal scores whose weights' squares add up to 1 is a normal score again.
    const value = valueAt(part, shared * ofParty.score + own * drawNormal(random));
    // What is rounded may leave the bounds again. Zero has no sign in a ticket.
    return within(Math.round(within(value) * unit) / unit) + 0;
  };
}

type PlainDistribution = z.output<typeof plainDistribution>;

/** The value that lies in the distribution where `score` lies in the normal one of mean 0 and deviation 1. */
function valueAt(distribution: PlainDistribution, score: number): number {
  switch (distribution.type) {
    case "normal":
      return distribution.mean + distribution.deviation * score;
    case "lognormal":
      return distribution.median * Math.exp(distribution.deviation * score);
    case "uniform":
      return distribution.from + (distribution.to - distribution.from) * shareBelow(score);
  }
}

/** A number of the normal distribution of mean 0 and deviation 1 (Box and Muller). */
function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.fraction())) * Math.cos(2 * Math.PI * random.fraction());
}

/** The share of the normal distribution below `score`, to seven digits (Abramowitz and Stegun, 26.2.17). */
function shareBelow(score: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(score));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const above = (Math.exp((-score * score) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return score < 0 ? above : 1 - above;
}
