import { expect, test } from "vitest";
import { scoreOf } from "./evaluate.ts";
import { isQuery, parseQuery } from "./parse-query.ts";
import { queryDocument } from "./query-document.ts";

const ticket = queryDocument({
  ticketId: "t1",
  minCount: 2,
  maxCount: 4,
  partyId: "",
  createdAtMs: 1_000,
  stringProperties: { region: "eu", mode: "ranked", map: "old town", day: "2024-03-01", star: "eu*", five: "5" },
  numericProperties: { rank: 8, ten: 10 },
});

const p = "properties.";
const found: readonly (readonly [query: string, score: number | undefined])[] = [
  ["*", 1],
  ["  ", 1],
  [`${p}map:"old town"`, 1],
  [`${p}map:old\\ town`, 1],
  [`${p}region:eu AND ${p}mode:ranked`, 2],
  [`${p}region:eu AND ${p}mode:casual`, undefined],
  [`${p}region:us OR ${p}mode:ranked`, 1],
  [`${p}region:us OR ${p}region:eu AND ${p}mode:casual`, undefined],
  [`(${p}region:us OR ${p}region:eu) AND ${p}mode:ranked`, 2],
  [`+(${p}region:us ${p}region:eu) +${p}rank:8`, 2],
  [`${p}region:eu NOT ${p}mode:casual`, 1],
  [`${p}region:eu NOT ${p}mode:ranked`, undefined],
  [`NOT ${p}mode:casual`, 1],
  [`NOT NOT ${p}mode:ranked`, 1],
  [`${p}region:us OR NOT ${p}mode:casual`, 1],
  [`${p}region:eu AND NOT ${p}mode:casual`, 1],
  [`${p}region:eu && !${p}mode:casual`, 1],
  [`${p}region:(us OR eu)`, 1],
  [`${p}region:(us OR jp)`, undefined],
  [`(${p}region:eu ${p}mode:ranked)^3`, 6],
  [`${p}rank:[5 TO 8]`, 1],
  [`${p}rank:[5 TO 8}`, undefined],
  [`${p}rank:{7 TO *}`, 1],
  [`${p}rank:[* TO 7]`, undefined],
  [`${p}rank:[* TO *]`, 1],
  [`${p}region:[asia TO eu]`, 1],
  [`${p}region:[asia TO eu}`, undefined],
  [`${p}region:{eu TO *]`, undefined],
  [`${p}map:["old town" TO "old v"]`, 1],
  [`${p}rank:[a TO z]`, undefined],
  [`${p}day:[2024-01-01 TO 2024-12-31]`, 1],
  [`${p}day:>2024-01-01`, 1],
  [`${p}day:>"2024-01-01"`, 1],
  [`${p}day:>2024-03-01T00:00:00Z`, undefined],
  [`${p}day:2024-03-01`, 1],
  [`${p}day:"2024-03-01T00:00:00Z"`, 1],
  [`${p}day:2024-*`, 1],
  [`${p}ten:1e1`, 1],
  [`${p}rank:>+7`, 1],
  [`${p}five:5`, 1],
  [`${p}rank:"8"`, undefined],
  [`${p}star:eu\\*`, 1],
  [`${p}region:eu\\*`, undefined],
  [`${p}region:e*`, 1],
  [`${p}region:/^e[tu]$/`, 1],
  [`${p}map:/old town/`, 1],
  [`${p}map:/\\w+\\s\\w+/`, 1],
  [`${p}rank:*`, 1],
  [`${p}region:eu^3`, 3],
  [`${p}day:>2024-01-01^3`, 3],
  [`+${p}region:eu ${p}mode:rankid~1^6`, 6],
  [`+${p}region:eu\n\t${p}mode:ranked`, 2],
];

for (const [text, score] of found) {
  test(`the best reading gives ${text} the score ${score}`, () => {
    const query = parseQuery(text, "best");
    if (!isQuery(query)) throw new Error(query.message);
    const result = scoreOf(query, ticket);
    if (score === undefined) expect(result).toBeUndefined();
    else expect(result).toBeCloseTo(score, 12);
  });
}

const refused: readonly (readonly [query: string, start: number, message: RegExp])[] = [
  ["eu", 0, /word "eu" without a field: write properties.KEY:eu/],
  ["region:eu", 0, /field "region", which no ticket has: write properties.region/],
  ["min_cuont:2", 0, /did you mean min_count/],
  [`${p}region:"eu`, 18, /quote/],
  [`${p}region:/e(/`, 20, /nothing closes/],
  [`${p}region:/e`, 18, /nothing closes/],
  [`${p}mode:x~3`, 17, /0, 1 or 2/],
  [`${p}region:eu AND`, 24, /condition here/],
  [`AND ${p}region:eu`, 0, /not AND/],
  [`(${p}region:eu`, 0, /nothing closes/],
  [`${p}region:eu)`, 20, /nothing opened/],
  [`${p}rank:>abc`, 17, /number or a date/],
  [`${p}rank:[8 TO 5]`, 16, /first end/],
  [`${p}rank:[8 5]`, 18, /TO/],
  [`${p}rank:[8 TO x]`, 16, /two kinds/],
  [`${p}rank:[8 TO 9`, 16, /nothing closes/],
  [`${p}rank:[ TO 9]`, 20, /TO/],
  [`${p}region:eu:x`, 20, /":" in a value/],
  [`${p}region:eu^x`, 20, /boosts by "x"/],
  [`${p}region:eu^1e7`, 20, /from -1000000 to 1000000/],
  [`${p}region:`, 18, /value here/],
  [`+${p}region:eu OR ${p}region:us`, 0, /beside AND or OR/],
  ["()", 1, /clause here/],
  [`${"(".repeat(17)}*${")".repeat(17)}`, 16, /16 deep/],
  [`${p}x:${"a".repeat(4_096)}`, 4_096, /4096 characters/],
];

for (const [text, start, message] of refused) {
  test(`the best reading refuses ${text.slice(0, 50)} at ${start}`, () => {
    const problem = parseQuery(text, "best");
    if (isQuery(problem)) throw new Error("it was read");
    expect(problem.message).toMatch(message);
    expect(problem.start).toBe(start);
  });
}
