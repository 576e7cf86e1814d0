import fc from "fast-check";
import { expect, test } from "vitest";
import { describeQuery } from "./describe-query.ts";
import { scoreOf } from "./evaluate.ts";
import { isQuery, parseQuery } from "./parse-query.ts";
import { matches } from "./pattern/automaton.ts";
import { parseRegularExpression } from "./pattern/regular-expression.ts";
import { plainCharacters, wildcardAutomaton } from "./pattern/wildcard.ts";
import { queryDocument } from "./query-document.ts";
import { queryModes } from "./syntax.ts";

const ticket = queryDocument({
  ticketId: "t",
  minCount: 2,
  maxCount: 2,
  partyId: "",
  createdAtMs: 0,
  stringProperties: { a: "x", b: "y z" },
  numericProperties: { n: 3 },
});

const pieces = fc.constantFrom(
  ...["properties.a:", "x", "*", "?", "+", "-", "(", ")", " ", '"', "AND", "OR", "NOT", "[", "TO", "]", "{", "}"],
  ...[">", "<", "=", "5", "2024-01-01", "^", "~", "/", "\\", ":", "\t", "&&", "!", "(?i)", "{2,3}", ".", "|", "é"],
);

for (const mode of queryModes) {
  test(`every text is a query in the ${mode} reading, or refused at a place in it`, () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.array(pieces, { maxLength: 24 }).map((all) => all.join("")),
        ),
        (text) => {
          const query = parseQuery(text, mode);
          if (!isQuery(query)) {
            expect(query.start).toBeGreaterThanOrEqual(0);
            expect(query.end).toBeGreaterThanOrEqual(query.start);
            expect(query.end).toBeLessThanOrEqual(text.length);
            return;
          }
          const score = scoreOf(query, ticket);
          expect(score === undefined || Number.isFinite(score)).toBe(true);
          expect(describeQuery(query).length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 1_000 },
    );
  });
}

test("a wildcard matches what the regular expression of the same meaning matches", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", "é"), maxLength: 8 });
  const wildcards = fc.string({ unit: fc.constantFrom("a", "b", "é", "*", "?"), maxLength: 6 });
  fc.assert(
    fc.property(wildcards, letters, (wildcard, text) => {
      const automaton = wildcardAutomaton(plainCharacters(wildcard));
      const expected = new RegExp(`^${wildcard.replaceAll("*", ".*").replaceAll("?", ".")}$`, "u").test(text);
      expect(automaton && matches(automaton, text)).toBe(expected);
    }),
  );
});

/** Expressions that JavaScript and RE2 read alike. */
const { expression } = fc.letrec<{ expression: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom("a", "b", "c", ".", "[ab]", "[^a]", "\\d", "\\w", "[b-d]", "\\."),
    tie("expression").map((one) => `(?:${one})`),
    tie("expression").map((one) => `(${one})`),
  ),
  expression: fc
    .array(
      fc.tuple(
        tie("atom"),
        fc.constantFrom("", "", "*", "+", "?", "{2}", "{1,2}", "{0,}", "*?"),
        fc.constantFrom("", "", "|"),
      ),
      { maxLength: 3 },
    )
    .map((parts) => parts.map(([atom, times, or]) => `${atom}${times}${or}`).join("")),
}));

test("a regular expression matches what JavaScript's matches", () => {
  fc.assert(
    fc.property(
      expression,
      fc.string({ unit: fc.constantFrom("a", "b", "c", "d", ".", "7"), maxLength: 8 }),
      (source, text) => {
        const automaton = parseRegularExpression(source, { mayHaveEdges: true, mayBeLazy: true });
        if ("message" in automaton) throw new Error(`${source} ${automaton.message}`);
        expect(matches(automaton, text)).toBe(new RegExp(`^(?:${source})$`, "u").test(text));
      },
    ),
    { numRuns: 300 },
  );
});

const regularExpressions: readonly (readonly [source: string, text: string, fits: boolean])[] = [
  ["(a*)*b", "a".repeat(4_000), false],
  ["(a|a)*b", "a".repeat(4_000), false],
  ["(?i)straße", "STRAßE", true],
  ["(?i:A)b", "ab", true],
  ["(?i:A)b", "aB", false],
  ["[[:alpha:]]+", "abc", true],
  ["[[:^digit:]]+", "ab1", false],
  ["\\x41\\x{42}", "AB", true],
  ["(?P<name>a)", "a", true],
  ["a{2,3}", "aaaa", false],
  ["a{,3}", "a{,3}", true],
  ["(?s).", "\n", true],
  [".", "\n", false],
  ["^a|b$", "b", true],
  ["[]a]", "]", true],
  ["[a-]", "-", true],
  ["\\D+", "ab", true],
  ["", "", true],
];

for (const [source, text, fits] of regularExpressions) {
  test(`/${source}/ ${fits ? "matches" : "does not match"} ${text.slice(0, 12)}`, () => {
    const automaton = parseRegularExpression(source, { mayHaveEdges: true, mayBeLazy: true });
    if ("message" in automaton) throw new Error(automaton.message);
    expect(matches(automaton, text)).toBe(fits);
  });
}

const broken = [
  "(",
  ")",
  "[a",
  "*a",
  "a{3,2}",
  "a{1001}",
  "\\1",
  "(?=a)",
  "(?<!a)",
  "\\b",
  "(((a{900}){900}){900})",
  "\\",
  "[b-a]",
  "(?x)a",
  "[[:odd:]]",
];

for (const source of broken) {
  test(`/${source}/ is refused`, () => {
    expect(parseRegularExpression(source, { mayHaveEdges: true, mayBeLazy: true })).toHaveProperty("message");
  });
}
