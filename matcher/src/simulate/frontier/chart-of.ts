// The chart of a comparison: which numbers of each variant it shows.
import type { VariantResult } from "./compare-variants.ts";
import type { FrontierChart, FrontierMark } from "./frontier-chart.ts";
import type { Quality } from "./quality.ts";
import { meanOf } from "./summarise.ts";

/** Matches that one point of the course stands for, at least: fewer would show chance. */
const GROUP_MATCHES_MIN = 5;
const GROUPS_MAX = 8;

/** The frontier of `results` by `quality`, one of theirs. `target` is what they vary. */
export function chartOf(
  results: readonly VariantResult[],
  { quality, target }: { readonly quality: Quality; readonly target?: string | undefined },
): FrontierChart {
  const [first] = results;
  return {
    title: first?.name ?? "",
    subtitle: target === undefined ? "as it is" : `by ${target}`,
    waitTitle: "wait of a ticket, s (median, to p95)",
    qualityTitle: `${quality.title} (mean, to p95)`,
    marks: results.flatMap((result) => markOf(result, quality)),
    course: results.length === 1 && first ? courseOf(first, quality) : [],
  };
}

/** None for a variant without a match. */
function markOf({ value, waits, qualities }: VariantResult, { name }: Quality): readonly FrontierMark[] {
  const measured = qualities.find((one) => one.name === name);
  const { p50, p95 } = waits;
  if (p50 === undefined || p95 === undefined || measured?.mean === undefined || measured.p95 === undefined) return [];
  const label = value === undefined ? undefined : showValue(value);
  return [{ label, wait: { typical: p50, high: p95 }, quality: { typical: measured.mean, high: measured.p95 } }];
}

/** A text as it is, everything else as JSON. */
export function showValue(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** Matches by wait, in groups of equal size: what waiting did to them. */
function courseOf({ matched }: VariantResult, { name }: Quality): FrontierChart["course"] {
  const points = matched.flatMap(({ waitSeconds, qualities }) => {
    const quality = qualities.get(name);
    return quality === undefined ? [] : [{ wait: waitSeconds, quality }];
  });
  const sorted = points.toSorted((one, other) => one.wait - other.wait);
  const groups = Math.min(GROUPS_MAX, Math.floor(sorted.length / GROUP_MATCHES_MIN));
  return Array.from({ length: groups }, (_, index) => {
    const group = sorted.slice((index * sorted.length) / groups, ((index + 1) * sorted.length) / groups);
    return { wait: meanOf(group.map(({ wait }) => wait)) ?? 0, quality: meanOf(group.map((one) => one.quality)) ?? 0 };
  });
}
