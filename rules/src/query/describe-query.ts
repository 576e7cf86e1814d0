// A query in plain words, for whoever wrote it: what is required, what is excluded, what only counts.
import { unreachable } from "@muster/kit";
import type { Bound, Bounds, Condition, Group, Query, QueryNode, Term, TextBound } from "./syntax.ts";

/** One line a condition, indented under what it belongs to. */
export function describeQuery({ root }: Query): readonly string[] {
  return describeNode(root).map(({ depth, text }) => `${"  ".repeat(depth)}${text}`);
}

type Line = { readonly depth: number; readonly text: string };

function describeNode(node: QueryNode): readonly Line[] {
  switch (node.type) {
    case "everything":
      return [{ depth: 0, text: "every ticket" }];
    case "term":
      return [{ depth: 0, text: describeTerm(node) }];
    case "group":
      return describeGroup(node);
    default:
      return unreachable(node);
  }
}

function describeGroup({ must, should, mustNot, boost }: Group): readonly Line[] {
  const isOptional = must.length > 0;
  return [
    ...(boost === 1 ? [] : [{ depth: 0, text: `counts ${boost} times:` }]),
    ...list("all of", must),
    ...list(isOptional ? "better if" : "at least one of", should),
    ...list("none of", mustNot),
  ];
}

function list(heading: string, nodes: readonly QueryNode[]): readonly Line[] {
  if (nodes.length === 0) return [];
  const lines = nodes.flatMap((node) => describeNode(node));
  return [{ depth: 0, text: `${heading}:` }, ...lines.map(({ depth, text }) => ({ depth: depth + 1, text }))];
}

/** `properties.rank is at least 5, counts 2`. */
export function describeTerm(term: Term): string {
  const { field, condition, weight } = term;
  const name = field === "" ? "no field" : field;
  return `${name} ${describeCondition(condition)}${weight === 1 ? "" : `, counts ${weight}`}`;
}

function describeCondition(condition: Condition): string {
  switch (condition.type) {
    case "equals":
      return `is ${JSON.stringify(condition.text)}${condition.number === undefined ? "" : ` or the number ${condition.number}`}`;
    case "number-range":
      return describeBounds(condition, String);
    case "date-range":
      return describeBounds(condition, (ms) => new Date(ms).toISOString());
    case "text-range":
      return describeTexts(condition);
    case "pattern":
      return `matches ${condition.source}`;
    case "fuzzy":
      return `is ${JSON.stringify(condition.text)} or ${condition.editsMax} ${condition.editsMax === 1 ? "edit" : "edits"} from it`;
    case "present":
      return "is there";
    case "never":
      return "is never so";
    default:
      return unreachable(condition);
  }
}

function describeTexts({ from, to }: Extract<Condition, { type: "text-range" }>): string {
  const write = ({ text, isIncluded }: TextBound) => `${JSON.stringify(text)}${isIncluded ? "" : " (not itself)"}`;
  const ends = [...(from ? [`from ${write(from)}`] : []), ...(to ? [`to ${write(to)}`] : [])];
  return `is a text ${ends.join(" ")}`;
}

function describeBounds({ min, max }: Bounds, write: (value: number) => string): string {
  const lower = (bound: Bound) => `${bound.isIncluded ? "at least" : "above"} ${write(bound.value)}`;
  const upper = (bound: Bound) => `${bound.isIncluded ? "at most" : "below"} ${write(bound.value)}`;
  const ends = [...(min ? [lower(min)] : []), ...(max ? [upper(max)] : [])];
  return `is ${ends.join(" and ")}`;
}
