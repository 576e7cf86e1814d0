// What is legal in a query and probably not meant. In the compatible reading much is: these lints are all that is said of it.
import { PROPERTY_PREFIX, ticketFields } from "./query-document.ts";
import type { QueryLint, QueryMode, QueryNode, Term } from "./syntax.ts";

type Looked = { readonly root: QueryNode; readonly text: string; readonly mode: QueryMode };

/** The lints of a query, in the order of its text. */
export function lintQuery(looked: Looked): readonly QueryLint[] {
  const terms = termsOf(looked.root);
  const ofTerms = terms.flatMap((term) =>
    lintTerm(term, looked).map((message) => ({ message, start: term.span.start, end: term.span.end })),
  );
  return [...ofTerms, ...lintShoulds(looked.root), ...lintRanges(looked.root)].toSorted(
    (one, other) => one.start - other.start,
  );
}

/** Every condition in the tree, from left to right within must, should and must not. */
export function termsOf(node: QueryNode): readonly Term[] {
  if (node.type === "term") return [node];
  if (node.type === "everything") return [];
  return [...node.must, ...node.should, ...node.mustNot].flatMap(termsOf);
}

function lintTerm(term: Term, { text, mode }: Looked): readonly string[] {
  const said = text.slice(term.span.start, term.span.end);
  const boost = /\^(\S*)$/.exec(said)?.[1];
  if (mode === "best") return term.weight <= 0 ? [`counts ${term.weight}: a ticket is no better for it`] : [];
  if (term.field === "") return [describeStray(said)];
  const isKnown = ticketFields.some((field) => field === term.field);
  const { condition } = term;
  return [
    ...(isKnown || term.field.startsWith(PROPERTY_PREFIX)
      ? []
      : [`finds nobody: no ticket has the field "${term.field}"; write ${PROPERTY_PREFIX}${term.field}`]),
    ...(condition.type === "never" && /[:]\s*"/.test(said)
      ? ["finds nobody: a text in quotes never matches; write a backslash before each space instead"]
      : []),
    ...(condition.type === "equals" && condition.number === undefined && boost !== undefined && term.weight !== 1
      ? [`counts ${term.weight}: the boost of a text is squared`]
      : []),
    ...(condition.type === "date-range" && boost !== undefined ? ["ignores the boost: dates always count 1"] : []),
    ...(condition.type === "present" ? [`counts ${term.ordinalWeight} where the value is a number or date`] : []),
    ...(condition.type === "equals" && /^\d{4}-\d\d-\d\d/.test(condition.text)
      ? ["finds nobody whose value is a date: dates are no texts; compare with > and <"]
      : []),
    ...(condition.type === "equals" && /[\t\n]/.test(condition.text)
      ? ["has a tab or line feed in its value: only spaces separate"]
      : []),
    ...(condition.type === "equals" && /^[[{(]|[\])}]$/.test(condition.text)
      ? ["looks for brackets as text: there are no ranges [a TO b] and no parentheses in this reading"]
      : []),
  ];
}

function describeStray(said: string): string {
  if (/^[+-]?(?:AND|OR|NOT|&&|\|\||TO)$/.test(said)) {
    return `finds nobody: ${said} is a word like any other in this reading, and words without a field match nothing`;
  }
  if (/^[+-]?\(/.test(said)) return "finds nobody: there are no parentheses in this reading";
  if (/^[+-]?\*+$/.test(said)) return 'finds nobody: only "*" alone, without anything around it, is every ticket';
  return `finds nobody: a word without a field matches nothing; write ${PROPERTY_PREFIX}KEY:WORD`;
}

/** Should-clauses beside must-clauses decide nothing. */
function lintShoulds(root: QueryNode): readonly QueryLint[] {
  if (root.type !== "group" || root.must.length === 0) return [];
  return root.should.flatMap((node) => {
    const [first] = termsOf(node);
    if (!first || first.condition.type === "never") return [];
    return [{ message: "is optional beside clauses with +: it only adds to the score", ...first.span }];
  });
}

/** Two ranges of one field that no value is in. */
function lintRanges(root: QueryNode): readonly QueryLint[] {
  if (root.type !== "group") return [];
  const ranges = root.must.flatMap((node) => (node.type === "term" && "min" in node.condition ? [node] : []));
  return ranges.flatMap((term, index) => {
    const contrary = ranges.slice(0, index).find((other) => other.field === term.field && isApart(term, other));
    if (!contrary) return [];
    return [{ message: "finds nobody: another required range of the same field excludes it", ...term.span }];
  });
}

function isApart(one: Term, other: Term): boolean {
  const [a, b] = [one.condition, other.condition];
  if (!("min" in a && "min" in b)) return false;
  if (a.type !== b.type) return true;
  const min = Math.max(a.min?.value ?? Number.NEGATIVE_INFINITY, b.min?.value ?? Number.NEGATIVE_INFINITY);
  const max = Math.min(a.max?.value ?? Number.POSITIVE_INFINITY, b.max?.value ?? Number.POSITIVE_INFINITY);
  return min > max;
}
