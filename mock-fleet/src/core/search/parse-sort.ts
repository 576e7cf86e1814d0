// The language of sorts: fields in their order of weight, each ascending or, with DESC, descending.
import { fieldInvalid } from "@muster/proto";
import { EXPRESSION_CHARS_MAX } from "./parse-filter.ts";
import { expressionInvalid, notExpected, scanExpression, type Token } from "./scan-expression.ts";
import { fieldNames, findSessionField, type Searched } from "./session-fields.ts";

/** What a session is sorted by, one a field of the sort. Undefined: the session has no such value. */
export type SortKeys = readonly (string | number | undefined)[];

export interface SessionSort {
  keysOf(searched: Searched): SortKeys;
  /** Below 0 if `one` comes first. Does not compare ids. */
  compare(one: SortKeys, other: SortKeys): number;
}

const FIELDS_MAX = 5;

/**
 * The sort that `text` says; empty is by creation, oldest first.
 *
 * @throws {MusterError} FIELD_INVALID with the `position` of the character that cannot be read, from 1.
 */
export function parseSort(text: string): SessionSort {
  if (text.length > EXPRESSION_CHARS_MAX) {
    throw fieldInvalid("sort", `at most ${EXPRESSION_CHARS_MAX} characters`, text.length);
  }
  const tokens = scanExpression("sort", text);
  const fields = tokens.length === 1 ? readFields(scanExpression("sort", "createdAtMs")) : readFields(tokens);
  return {
    keysOf: (searched) => fields.map(({ read }) => read(searched)),
    compare(one, other) {
      for (const [index, { factor }] of fields.entries()) {
        const order = compareKeys(one[index], other[index], factor);
        if (order !== 0) return order;
      }
      return 0;
    },
  };
}

type SortField = {
  readonly read: (searched: Searched) => string | number | undefined;
  readonly factor: 1 | -1;
};

function readFields(tokens: readonly Token[]): readonly SortField[] {
  const fields: SortField[] = [];
  let next = 0;
  const take = () => tokens[next++] as Token;
  for (;;) {
    const word = take();
    if (fields.length === FIELDS_MAX)
      throw expressionInvalid("sort", `one of at most ${FIELDS_MAX} fields`, word.text, word.position);
    const read = readKey(word);
    let after = take();
    const order = after.type === "word" ? after.text.toUpperCase() : "";
    if (order === "ASC" || order === "DESC") after = take();
    fields.push({ read, factor: order === "DESC" ? -1 : 1 });
    if (after.type === "end") return fields;
    if (after.type !== "sign" || after.text !== ",") throw notExpected("sort", "ASC, DESC, a comma or the end", after);
  }
}

function readKey(word: Token): SortField["read"] {
  const field = word.type === "word" ? findSessionField(word.text) : undefined;
  if (!field || field.kind === "truth") {
    const sortable = fieldNames.filter((name) => findSessionField(name)?.kind !== "truth");
    throw notExpected("sort", `one of ${sortable.join(", ")} and properties.KEY`, word);
  }
  return (searched) => {
    const value = field.read(searched);
    return typeof value === "boolean" ? undefined : value;
  };
}

function compareKeys(one: string | number | undefined, other: string | number | undefined, factor: 1 | -1): number {
  if (one === other) return 0;
  // Who has no value comes last, whichever way the others go.
  if (one === undefined) return 1;
  if (other === undefined) return -1;
  return one < other ? -factor : factor;
}
