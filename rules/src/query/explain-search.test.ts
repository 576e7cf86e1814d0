import { expect, test } from "vitest";
import { explainSearch, type SearchExplanation } from "./explain-search.ts";
import { isQuery, parseQuery } from "./parse-query.ts";
import { queryDocument } from "./query-document.ts";

const tickets = [
  { ticketId: "a", region: "eu", rank: 8 },
  { ticketId: "b", region: "eu", rank: 15 },
  { ticketId: "c", region: "us", rank: 8 },
  { ticketId: "d", region: "us", rank: 40 },
  { ticketId: "e", region: "eu", rank: 13 },
].map(({ ticketId, region, rank }) => ({
  ticketId,
  document: queryDocument({
    ...{ ticketId, minCount: 2, maxCount: 2, partyId: "", createdAtMs: 0 },
    stringProperties: { region },
    numericProperties: { rank },
  }),
}));

const p = "properties.";
const rows: readonly (readonly [query: string, expected: Partial<SearchExplanation>])[] = [
  ["*", { tickets: 5, found: 5, clauses: [], nearest: [] }],
  [
    `+${p}region:eu +${p}rank:<=12 ${p}mode:x`,
    {
      found: 1,
      clauses: [
        { clause: `${p}region is "eu"`, holds: 3, left: 3 },
        { clause: `${p}rank is at most 12`, holds: 2, left: 1 },
      ],
      nearest: [
        { ticketId: "e", misses: [`${p}rank is 13, 1 too high`] },
        { ticketId: "b", misses: [`${p}rank is 15, 3 too high`] },
        { ticketId: "c", misses: [`${p}region is "us"`] },
      ],
    },
  ],
  [
    `${p}mode:x OR ${p}rank:>50`,
    { found: 0, clauses: [{ clause: `at least one of: ${p}mode is "x"; ${p}rank is above 50`, holds: 0, left: 0 }] },
  ],
  [
    `${p}rank:>8 -${p}region:us`,
    { found: 2, clauses: expect.arrayContaining([{ clause: `not: ${p}region is "us"`, holds: 3, left: 2 }]) },
  ],
  [
    `${p}mode:x`,
    { found: 0, nearest: ["a", "b", "c"].map((ticketId) => ({ ticketId, misses: [`${p}mode is not there`] })) },
  ],
];

for (const [text, expected] of rows) {
  test(`explainSearch() tells of ${text}`, () => {
    const query = parseQuery(text, "best");
    if (!isQuery(query)) throw new Error(query.message);
    expect(explainSearch(query, tickets)).toMatchObject(expected);
  });
}
