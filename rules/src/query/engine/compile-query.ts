// A query as closures over a ticket's values in slots: the same answers as evaluate.ts, without looking fields up by name. A
// pattern looks at each distinct text once.
import { scoreOfTerm } from "../evaluate.ts";
import { termsOf } from "../lint-query.ts";
import type { FieldValue } from "../query-document.ts";
import { requiredTextsOf } from "../required-texts.ts";
import type { Group, Query, QueryNode, Term } from "../syntax.ts";
import { unlimitedWork, type Work } from "./work.ts";

/** Values by slot. */
export type Values = readonly (FieldValue | undefined)[];
/** As `scoreOf()`. */
type Score = (values: Values) => number | undefined;

export type CompiledQuery = {
  readonly score: Score;
  /** What a score costs at most, beside patterns: in units of work. */
  readonly cost: number;
  /** Texts that a ticket has to have to be found, each as it was written. */
  readonly requiredTexts: readonly { readonly slot: number; readonly text: string }[];
};

/** Answers of one pattern that are kept: distinct values of a field are few, or hardly ever come again. */
const ANSWERS_MAX = 4_096;
/** What one character of a text costs that is compared within some edits. */
const FUZZY_COST = 8;

/** The query over values in the slots that `slotOf` gives its fields. What patterns and edits take is spent from `work`. */
export function compileQuery(
  { root, searchFailure }: Query,
  slotOf: (field: string) => number,
  work: Work = unlimitedWork(),
): CompiledQuery {
  if (searchFailure !== undefined) return { score: () => undefined, cost: 1, requiredTexts: [] };
  const score = compileNode(root, { slotOf, work });
  const requiredTexts = requiredTextsOf(root).map(({ field, text }) => ({ slot: slotOf(field), text }));
  return { score, cost: 1 + termsOf(root).length, requiredTexts };
}

type Compiling = { readonly slotOf: (field: string) => number; readonly work: Work };

function compileNode(node: QueryNode, compiling: Compiling): Score {
  if (node.type === "everything") return () => 1;
  if (node.type === "group") return compileGroup(node, compiling);
  return compileTerm(node, compiling.slotOf(node.field), compiling.work);
}

function compileTerm(term: Term, slot: number, work: Work): Score {
  const { condition, weight } = term;
  if (condition.type === "number-range") {
    const { min, max } = condition;
    const from = min?.value ?? Number.NEGATIVE_INFINITY;
    const to = max?.value ?? Number.POSITIVE_INFINITY;
    const [excludesFrom, excludesTo] = [min?.isIncluded === false, max?.isIncluded === false];
    return (values) => {
      const value = values[slot];
      if (typeof value !== "number" || value < from || value > to) return undefined;
      return (excludesFrom && value === from) || (excludesTo && value === to) ? undefined : weight;
    };
  }
  if (condition.type !== "pattern" && condition.type !== "fuzzy") {
    return (values) => scoreOfTerm(term, values[slot]);
  }
  const answers = new Map<string, number | undefined>();
  const spend = (visits: number) => {
    work.left -= visits;
  };
  return (values) => {
    const value = values[slot];
    if (typeof value !== "string") return scoreOfTerm(term, value);
    const known = answers.get(value);
    if (known !== undefined || answers.has(value)) return known;
    if (answers.size >= ANSWERS_MAX) answers.clear();
    if (condition.type === "fuzzy") spend(value.length * FUZZY_COST);
    const score = scoreOfTerm(term, value, spend);
    answers.set(value, score);
    return score;
  };
}

function compileGroup({ must, should, mustNot, boost }: Group, compiling: Compiling): Score {
  const compile = (node: QueryNode) => compileNode(node, compiling);
  const [musts, shoulds, mustNots] = [must.map(compile), should.map(compile), mustNot.map(compile)];
  return (values) => {
    for (const isExcluded of mustNots) if (isExcluded(values) !== undefined) return undefined;
    let sum = 0;
    for (const isRequired of musts) {
      const score = isRequired(values);
      if (score === undefined) return undefined;
      sum += score;
    }
    let found = 0;
    for (const isBetter of shoulds) {
      const score = isBetter(values);
      if (score === undefined) continue;
      sum += score;
      found += 1;
    }
    if (musts.length === 0 && shoulds.length === 0) return boost;
    return musts.length === 0 && found === 0 ? undefined : sum * boost;
  };
}
