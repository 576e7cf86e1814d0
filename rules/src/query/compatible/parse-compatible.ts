// Queries as Nakama's matchmaker reads them: clauses between spaces, [+|-] [field:]value [~n] [^boost]. What is legal there and
// finds nothing is legal here and finds nothing; lints say so.
import { unreachable } from "@muster/kit";
import { parseInstant } from "../instant.ts";
import { parseNumeral } from "../numeral.ts";
import type { Automaton } from "../pattern/automaton.ts";
import { parseRegularExpression } from "../pattern/regular-expression.ts";
import { plainCharacters, wildcardAutomaton } from "../pattern/wildcard.ts";
import { QueryRefusal } from "../refusal.ts";
import type { Bound, Condition, Group, QueryNode, Span, Term } from "../syntax.ts";
import { readTokens, type Token } from "./tokens.ts";

export type CompatibleReading = { readonly root: QueryNode; readonly searchFailure: string | undefined };

/** Terms that the index has for a number or date: a wildcard for anything finds each of them. */
const TERMS_OF_ORDINAL = 16;
const EDITS_MAX = 2;
/** Beyond it sums and squares of boosts would be infinite, and their differences no numbers. */
const BOOST_MAX = 1e100;

type Clause = { readonly kind: "must" | "should" | "mustNot"; readonly term: Term };
/** A condition that makes every search fail says why. */
type Asked = { readonly condition: Condition; readonly failure?: string };

/** @throws {QueryRefusal} Nakama refuses it too. */
export function parseCompatible(text: string): CompatibleReading {
  if (text === "" || text === "*") return { root: { type: "everything" }, searchFailure: undefined };
  const tokens = readTokens(text);
  const failures: string[] = [];
  const clauses: Clause[] = [];
  for (let at = 0; at < tokens.length; ) {
    const read = readClause({ tokens, text, at }, failures);
    clauses.push(read.clause);
    at = read.next;
  }
  if (clauses.length === 0) throw new QueryRefusal("says nothing", { start: 0, end: text.length });
  const of = (kind: Clause["kind"]) => clauses.filter((one) => one.kind === kind).map(({ term }) => term);
  const root: Group = { type: "group", must: of("must"), should: of("should"), mustNot: of("mustNot"), boost: 1 };
  return { root, searchFailure: failures[0] };
}

type Cursor = { readonly tokens: readonly Token[]; readonly text: string; readonly at: number };

function readClause(cursor: Cursor, failures: string[]): { readonly clause: Clause; readonly next: number } {
  const { tokens, text } = cursor;
  let at = cursor.at;
  const peek = () => tokens[at];
  const fail = (what: string): never => {
    const token = peek();
    const span = token ? token.span : { start: text.length, end: text.length };
    throw new QueryRefusal(
      token ? `must have ${what} here, not "${sliceOf(text, span)}"` : `must have ${what} at its end`,
      span,
    );
  };
  const take = (type: Token["type"]): Token | undefined => {
    const token = peek();
    if (token?.type !== type) return undefined;
    at += 1;
    return token;
  };
  const start = peek()?.span.start ?? 0;
  const kind = take("+") ? "must" : take("-") ? "mustNot" : "should";

  const numeral = (token: Token, sign: string): number => {
    const value = parseNumeral(sign + token.text);
    if (value === undefined) throw new QueryRefusal("has a number that is too large or none", token.span);
    return value;
  };
  /** A number, with a minus or without; undefined: another token is next. */
  const number = (): { readonly text: string; readonly value: number } | undefined => {
    const sign = peek()?.type === "-" && tokens[at + 1]?.type === "number" ? "-" : "";
    if (sign) at += 1;
    const token = take("number");
    return token ? { text: sign + token.text, value: numeral(token, sign) } : undefined;
  };
  const word = (token: Token): Asked => {
    const tilde = take("tilde");
    return tilde ? fuzzy(token, tilde) : wordCondition(token);
  };
  const value = (): Asked => {
    const token = peek();
    switch (token?.type) {
      case "text":
        at += 1;
        return word(token);
      case "quoted":
        at += 1;
        return { condition: { type: "never" } };
      case ">":
      case "<":
        at += 1;
        return { condition: range(token.type) };
      default: {
        const read = number();
        if (!read) return fail("a value");
        const { text: said, value: equal } = read;
        return { condition: { type: "equals", text: said, number: equal, instantMs: undefined } };
      }
    }
  };
  const range = (sign: ">" | "<"): Condition => {
    const isIncluded = take("=") !== undefined;
    const quoted = take("quoted");
    if (quoted) {
      const instant = parseInstant(quoted.text);
      if (!instant?.hasZone) {
        const why = 'compares with a date that has no time and zone: write it as "2026-03-01T00:00:00Z"';
        throw new QueryRefusal(why, quoted.span);
      }
      return { type: "date-range", ...boundsOf(sign, { value: instant.atMs, isIncluded }) };
    }
    const read = number() ?? fail("a number or a quoted date");
    return { type: "number-range", ...boundsOf(sign, { value: read.value, isIncluded }) };
  };

  const { field, asked } = readBase();
  const boostToken = take("boost");
  const boost = boostToken ? boostOf(boostToken) : 1;
  const end = tokens[at - 1]?.span.end ?? text.length;
  if (asked.failure !== undefined) failures.push(asked.failure);
  return { clause: { kind, term: weighed(field, asked.condition, { boost, span: { start, end } }) }, next: at };

  function readBase(): { readonly field: string; readonly asked: Asked } {
    const first = peek();
    if (first?.type === "text") {
      at += 1;
      if (take(":")) return { field: first.text, asked: value() };
      return { field: "", asked: word(first) };
    }
    if (first?.type === "number") {
      at += 1;
      numeral(first, "");
      return { field: "", asked: { condition: { type: "never" } } };
    }
    if (take("quoted")) return { field: "", asked: { condition: { type: "never" } } };
    return fail("a field or a word");
  }
}

function wordCondition({ text, span }: Token): Asked {
  if (text === "/") throw new QueryRefusal("has a regular expression that begins and does not end", span);
  if (text.startsWith("/") && text.endsWith("/")) {
    const source = text.slice(1, -1);
    const found = parseRegularExpression(source, { mayHaveEdges: false, mayBeLazy: false });
    if ("message" in found) {
      return { condition: { type: "never" }, failure: `the regular expression ${text} ${found.message}` };
    }
    return { condition: { type: "pattern", source: text, automaton: found } };
  }
  if (!/[*?]/.test(text)) return { condition: { type: "equals", text, number: undefined, instantMs: undefined } };
  if (/^\*+$/.test(text)) return { condition: { type: "present" } };
  return patternCondition(text, wildcardAutomaton(plainCharacters(text)));
}

function patternCondition(source: string, automaton: Automaton | undefined): Asked {
  if (automaton) return { condition: { type: "pattern", source, automaton } };
  return { condition: { type: "never" }, failure: `the wildcard ${source.slice(0, 32)}… is too large` };
}

function fuzzy({ text }: Token, tilde: Token): Asked {
  const edits = Math.trunc(parseNumeral(tilde.text) ?? Number.NaN);
  if (Number.isNaN(edits)) throw new QueryRefusal(`allows "${tilde.text}" edits, which is no number`, tilde.span);
  if (edits === 0) return { condition: { type: "equals", text, number: undefined, instantMs: undefined } };
  if (edits < 0 || edits > EDITS_MAX) {
    return { condition: { type: "never" }, failure: `~${tilde.text} allows other than 0 to ${EDITS_MAX} edits` };
  }
  return { condition: { type: "fuzzy", text, editsMax: edits } };
}

function boostOf({ text, span }: Token): number {
  const boost = parseNumeral(text);
  if (boost === undefined) throw new QueryRefusal(`boosts by "${text}", which is no number`, span);
  return Math.max(-BOOST_MAX, Math.min(BOOST_MAX, boost));
}

function boundsOf(sign: ">" | "<", bound: Bound) {
  return sign === ">" ? { min: bound, max: undefined } : { min: undefined, max: bound };
}

/** Texts count their boost twice, dates not at all. A word without a field is looked for where nothing is. */
function weighed(
  field: string,
  condition: Condition,
  { boost, span }: { readonly boost: number; readonly span: Span },
): Term {
  const asked: Condition = field === "" ? { type: "never" } : condition;
  const weight = weightOf(condition, boost);
  const ordinalWeight = condition.type === "present" ? weight * TERMS_OF_ORDINAL : weight;
  return { type: "term", field, condition: asked, weight, ordinalWeight, readsDatesAsText: false, span };
}

function weightOf(condition: Condition, boost: number): number {
  switch (condition.type) {
    case "equals":
      return condition.number === undefined ? boost * boost : boost;
    case "fuzzy":
      return boost * boost;
    case "date-range":
      return 1;
    case "number-range":
    case "text-range":
    case "pattern":
    case "present":
    case "never":
      return boost;
    default:
      return unreachable(condition);
  }
}

function sliceOf(text: string, { start, end }: Span): string {
  const said = text.slice(start, end);
  return said.length > 32 ? `${said.slice(0, 32)}…` : said;
}
