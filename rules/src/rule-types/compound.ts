// compound: other rules, joined by and, or, not and xor, as in `or(and(A, B), not(C))`. A rule that is named here is not
// enforced alone. `xor` holds when exactly one of its parts does.
import { invariant } from "@muster/kit";
import { didYouMean } from "../language/did-you-mean.ts";
import { refuse, type Spot } from "../language/spot.ts";
import type { BoundMember, RuleType } from "./rule-type.ts";

const operators = ["and", "or", "not", "xor"] as const;
type Operator = (typeof operators)[number];

export type Statement =
  | { readonly type: "rule"; readonly name: string }
  | { readonly type: Operator; readonly parts: readonly Statement[] };

export type CompoundRule = {
  readonly name: string;
  readonly type: "compound";
  readonly statement: Statement;
  /** The rules that it names, as they hold at one age. Empty until they are bound. */
  readonly bound: ReadonlyMap<string, BoundMember>;
};

/** Statements in one another, and names and operators in one: beyond this it is an attack, not a rule. */
const DEPTH_MAX = 16;
const PARTS_MAX = 512;

export const compound: RuleType<CompoundRule> = {
  names: ["compound", "compoundRule"],
  keys: ["statement"],

  parse(fields, { name }) {
    const statement = parseStatement(fields("statement"));
    return statement && { name, type: "compound", statement, bound: new Map() };
  },

  expandable: [],
  expand: (_, __, spot) => refuse(spot, "must expand a rule that the compound names"),
  members: ({ statement }) => [...new Set(namesIn(statement))],
  bind: (rule, members) => ({ ...rule, bound: members }),

  expressions: ({ bound }) => [...bound.values()].flatMap((member) => member.expressions),
  isCountsOnly: () => false,
  readsLatencies: ({ bound }) => [...bound.values()].some((member) => member.readsLatencies),

  findBreach({ statement, bound }, roster) {
    const holds = (name: string) => getMember(bound, name).findBreach(roster) === undefined;
    return evaluate(statement, holds) ? undefined : `not so that ${show(statement)} holds`;
  },

  mayStillHold({ statement, bound }, roster) {
    return mayHold(statement, (name) => getMember(bound, name).mayStillHold(roster));
  },

  kinship: () => undefined,
  constraints({ statement, bound }) {
    // All of a conjunction hold each on its own.
    const isConjunction = statement.type === "and" && statement.parts.every((part) => part.type === "rule");
    if (isConjunction) return [...bound.values()].flatMap((member) => member.constraints);
    const over = [...new Set([...bound.values()].flatMap((member) => member.constraints.map((one) => one.over)))];
    return [{ kind: "residual", over: over.join(", "), says: show(statement), prunes: mayPrune(statement, bound) }];
  },
};

/** Whether it shows early that it is broken: no way to break it is seen in whole matches only. */
function mayPrune(statement: Statement, bound: CompoundRule["bound"]): boolean {
  switch (statement.type) {
    case "rule":
      return getMember(bound, statement.name).constraints.every(({ kind, prunes }) => kind !== "residual" || prunes);
    case "and":
    case "or":
      return statement.parts.every((part) => mayPrune(part, bound));
    case "not":
    case "xor":
      return false;
  }
}

function evaluate(statement: Statement, holds: (name: string) => boolean): boolean {
  switch (statement.type) {
    case "rule":
      return holds(statement.name);
    case "and":
      return statement.parts.every((part) => evaluate(part, holds));
    case "or":
      return statement.parts.some((part) => evaluate(part, holds));
    case "not":
      return !statement.parts.some((part) => evaluate(part, holds));
    case "xor":
      return statement.parts.filter((part) => evaluate(part, holds)).length === 1;
  }
}

/** Whether it may hold once more players are there. What a rule forbids may become allowed behind `not` and `xor`. */
function mayHold(statement: Statement, may: (name: string) => boolean): boolean {
  switch (statement.type) {
    case "rule":
      return may(statement.name);
    case "and":
      return statement.parts.every((part) => mayHold(part, may));
    case "or":
      return statement.parts.some((part) => mayHold(part, may));
    case "not":
    case "xor":
      return true;
  }
}

function namesIn(statement: Statement): readonly string[] {
  return statement.type === "rule" ? [statement.name] : statement.parts.flatMap(namesIn);
}

function show(statement: Statement): string {
  if (statement.type === "rule") return statement.name;
  return `${statement.type}(${statement.parts.map(show).join(", ")})`;
}

function getMember(bound: CompoundRule["bound"], name: string): BoundMember {
  const member = bound.get(name);
  invariant(member, "a compound judges by rules that were bound to it");
  return member;
}

/** `operator(part, …)` or the name of a rule; a part is either again. */
function parseStatement(spot: Spot): Statement | undefined {
  if (typeof spot.value !== "string") return refuse(spot, "must be a statement such as or(A, and(B, C))");
  const text = spot.value;
  let position = 0;
  let parts = 0;

  const skip = () => {
    while (text[position] === " ") position += 1;
  };
  const read = (depth: number): Statement | undefined => {
    parts += 1;
    if (depth > DEPTH_MAX || parts > PARTS_MAX) {
      return refuse(spot, `must nest at most ${DEPTH_MAX} deep and have at most ${PARTS_MAX} parts`);
    }
    const from = position;
    while (position < text.length && !"(),".includes(text[position] ?? "")) position += 1;
    const word = text.slice(from, position).trim();
    if (word === "") return refuse(spot, `must have a rule or an operator at character ${from + 1}`);
    if (text[position] !== "(") return { type: "rule", name: word };
    const operator = operators.find((known) => known === word);
    if (!operator) return refuse(spot, `must use ${operators.join(", ")}, not "${word}"${didYouMean(word, operators)}`);
    position += 1;
    const inner: Statement[] = [];
    for (;;) {
      const part = read(depth + 1);
      if (!part) return undefined;
      inner.push(part);
      skip();
      if (text[position] === ",") position += 1;
      else break;
    }
    if (text[position] !== ")") return refuse(spot, `must have ")" at character ${position + 1}`);
    position += 1;
    skip();
    if (operator === "not" && inner.length !== 1) return refuse(spot, "must give not one part");
    if (operator !== "not" && inner.length < 2) return refuse(spot, `must give ${operator} at least two parts`);
    return { type: operator, parts: inner };
  };

  const statement = read(1);
  skip();
  if (statement && position < text.length) return refuse(spot, `must end at character ${position + 1}`);
  return statement;
}
