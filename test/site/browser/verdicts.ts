// What is said of a rule set and of a query that somebody types: the same words as `muster rules check` and `muster query test`.
import {
  checkRuleSet,
  describeProblem,
  describeQuery,
  describeQueryProblem,
  explainRuleSet,
  isQuery,
  parseQuery,
  parseRuleSet,
  type QueryMode,
  type QueryProfile,
  queryDocument,
  renderExplanation,
  scoreOf,
} from "@muster/rules";

export type Verdict = { readonly isGood: boolean; readonly lines: readonly string[] };

/** Of a rule set as text. */
export function judgeRuleSet(text: string): Verdict {
  const problems = checkRuleSet(text);
  if (problems.length > 0)
    return { isGood: false, lines: ["It is not a legal rule set:", ...problems.map(describeProblem)] };
  return { isGood: true, lines: ["It is a legal rule set.", ...renderExplanation(explainRuleSet(parseRuleSet(text)))] };
}

/** Of a query, and of the tickets that it finds: one a line, as JSON. */
export function judgeQuery(text: string, mode: QueryMode, tickets: string): Verdict {
  const query = parseQuery(text, mode);
  if (!isQuery(query)) return { isGood: false, lines: [describeQueryProblem(query)] };
  const found: { readonly ticketId: string; readonly score: number }[] = [];
  const lines = tickets.split("\n").filter((line) => line.trim() !== "");
  for (const [index, line] of lines.entries()) {
    const profile = readProfile(line);
    if (profile === undefined) return { isGood: false, lines: [`Line ${index + 1} is no ticket as JSON: ${line}`] };
    const score = scoreOf(query, queryDocument(profile));
    if (score !== undefined) found.push({ ticketId: profile.ticketId, score });
  }
  const best = found.toSorted((one, other) => other.score - one.score);
  return {
    isGood: true,
    lines: [
      ...describeQuery(query),
      "",
      `It finds ${best.length} of ${lines.length} tickets:`,
      ...best.map(({ ticketId, score }) => `${ticketId}  score ${score}`),
    ],
  };
}

/** Undefined: the line is no JSON object, or has no id. */
function readProfile(line: string): QueryProfile | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined; // Its writer sees the line.
  }
  if (typeof value !== "object" || value === null || !("ticketId" in value)) return undefined;
  const given = value as Partial<QueryProfile>;
  return {
    ...{ ticketId: String(given.ticketId), minCount: given.minCount ?? 2, maxCount: given.maxCount ?? 2 },
    ...{ partyId: given.partyId ?? "", createdAtMs: given.createdAtMs ?? 0 },
    stringProperties: given.stringProperties ?? {},
    numericProperties: given.numericProperties ?? {},
  };
}
