// Two minutes of a population under a rule set, as `muster simulate --population` plays them: the matcher's own core, in the
// reader's browser.
import { compareVariants, readPopulation, type VariantResult } from "@muster/matcher";
import type { Verdict } from "./verdicts.ts";

const SECONDS = 120;

/** Each is a JSON text: the rule set, the rest of its configuration, and who comes. */
export type Simulated = { readonly rules: string; readonly settings: string; readonly population: string };

/** What became of everybody who came, or why it cannot be said. */
export function simulatePopulation({ rules, settings, population }: Simulated): Verdict {
  try {
    const ruleSet = parseJson("the rule set", rules);
    const rest = parseJson("the settings", settings);
    const document = { name: "tried", ...rest, ruleSet };
    const who = readPopulation(parseJson("the population", population));
    const [result] = compareVariants({ document, population: who, untilSeconds: SECONDS });
    return { isGood: true, lines: result ? tellResult(result) : [] };
  } catch (error) {
    return { isGood: false, lines: [error instanceof Error ? error.message : String(error)] };
  }
}

function parseJson(what: string, text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot read ${what} as JSON: ${why}`, { cause: error });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new Error(`Cannot read ${what} as it is to be a JSON object`);
}

function tellResult({ tickets, matches, fills, waits, qualities, refusal }: VariantResult): readonly string[] {
  const { started, matched, searching, left, timedOut, refused } = tickets;
  const share = started === 0 ? 0 : Math.round((100 * matched) / started);
  const seconds = (value: number | undefined) => (value === undefined ? "–" : `${value.toFixed(1)} s`);
  const number = (value: number | undefined) => (value === undefined ? "–" : String(Math.round(value * 10) / 10));
  return [
    `Two minutes: ${started} tickets came, ${matched} of them were matched (${share} %), in ${matches} new matches and ${fills} fills.`,
    `${searching} still search, ${left} gave up, ${timedOut} timed out, ${refused} were refused.`,
    `Who was matched waited ${seconds(waits.p50)} or less in half of all cases, ${seconds(waits.p95)} in 95 %, ${seconds(waits.max)} at most.`,
    ...qualities.map(({ title, mean, p95 }) => `${title}: ${number(mean)} on average, ${number(p95)} or less in 95 %`),
    ...(refusal === undefined ? [] : [`The first that was refused: ${refusal}`]),
  ];
}
