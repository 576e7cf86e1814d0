// Queries of tickets: read or refused with the place, at once, in both readings; what was read can be asked of a ticket, put
// into words and explained.
import {
  describeQuery,
  explainSearch,
  isQuery,
  parseQuery,
  type Query,
  queryDocument,
  queryModes,
  scoreOf,
} from "@muster/rules";
import fc from "fast-check";
import { checkPrototypes } from "../clean-refusal.ts";
import { Finding } from "../finding.ts";
import { withoutBlock } from "../loop-block.ts";
import { defineTarget } from "../target.ts";

const pieces = [
  ...[
    "properties.a:",
    "properties.n:",
    "properties.__proto__:",
    "min_count:",
    "ticket:",
    "constructor:",
    "a",
    "b",
    "é",
    "\ud800",
  ],
  ...[
    "+",
    "-",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    '"',
    "\\",
    "/",
    "^",
    "~",
    ":",
    "*",
    "?",
    "<",
    ">",
    "=",
    ">=",
    "!",
    "&&",
    "||",
  ],
  ...[
    "AND",
    "OR",
    "NOT",
    "TO",
    "5",
    "-1.5",
    "1e400",
    "2024-01-01",
    "2024-01-01T00:00:00Z",
    "^2",
    "~2",
    "\n",
    "\t",
    " ",
  ],
  ...["/(a*)*b/", "/a{1000}/", "/[a-z]{9,99}/", "/(?i)A|B/", "/((a?){50}){10}/", "/[[:alpha:]]+/", "/\\d/", "a*b*a*"],
];
const words = fc.array(fc.constantFrom(...pieces), { maxLength: 60 });
const text = fc.oneof(
  { weight: 4, arbitrary: words.map((all) => all.join(" ")) },
  { weight: 4, arbitrary: words.map((all) => all.join("")) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 5_000 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...[
        "(".repeat(4_096),
        "NOT ".repeat(1_024),
        `properties.a:${"a".repeat(4_000)}~2`,
        "properties.a:/a{999}/ ".repeat(150),
      ],
      ...[
        `properties.a:/[${"ac".repeat(900)}]{400}/`,
        `properties.a:${"*a".repeat(400)}`,
        "a:b ".repeat(1_000),
        "+".repeat(4_096),
      ],
    ),
  },
);
const value = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom("a".repeat(4_000), "ab".repeat(2_000), "2024-01-01"),
);

export const queries = defineTarget({
  name: "queries",
  about: "queries of tickets, in both readings",
  input: fc.record({ text, mode: fc.constantFrom(...queryModes), value }),
  open: async () => ({
    async attempt(input) {
      const query = await withoutBlock(() => parseQuery(input.text, input.mode));
      checkPrototypes();
      if (isQuery(query)) {
        await withoutBlock(() => ask(query, input.value));
        return;
      }
      const { start, end } = query;
      if (start < 0 || start > end || end > input.text.length)
        throw new Finding(`${start} to ${end} is no place of it`);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }),
});

function ask(query: Query, text: string): void {
  const document = queryDocument({
    ...{ ticketId: "t", minCount: 2, maxCount: 2, partyId: "", createdAtMs: 0 },
    stringProperties: { a: text },
    numericProperties: { n: 5 },
  });
  const score = scoreOf(query, document);
  if (Number.isNaN(score)) throw new Finding("A score is no number");
  if (describeQuery(query).length === 0) throw new Finding("It asks for something and says nothing");
  const { found } = explainSearch(query, [{ ticketId: "t", document }]);
  const isFound = query.searchFailure === undefined && score !== undefined;
  if (query.searchFailure === undefined && found !== (isFound ? 1 : 0))
    throw new Finding("It is found and explained otherwise");
}
