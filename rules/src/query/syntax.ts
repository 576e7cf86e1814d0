// What a query says, after parsing: one tree for both readings of the language. Whatever the two weigh differently is settled
// by their parsers, so that who evaluates a tree need not know which reading it came from.
import type { Automaton } from "./pattern/automaton.ts";

/** How a query is read: as Nakama's matchmaker does, or as its words would make one expect. */
export const queryModes = ["compatible", "best"] as const;
export type QueryMode = (typeof queryModes)[number];

/** Where in the query's text something stands: UTF-16 units from 0, `end` exclusive. */
export type Span = { readonly start: number; readonly end: number };

/** The two ends of a range; undefined: open. */
export type Bound = { readonly value: number; readonly isIncluded: boolean };
export type Bounds = { readonly min: Bound | undefined; readonly max: Bound | undefined };

/** One end of a range of texts. */
export type TextBound = { readonly text: string; readonly isIncluded: boolean };

/** What is asked of the value of one field. */
export type Condition =
  /** The text, as a whole; or the number or instant that it also stands for. */
  | {
      readonly type: "equals";
      readonly text: string;
      readonly number: number | undefined;
      /** Milliseconds since 1970. */
      readonly instantMs: number | undefined;
    }
  | ({ readonly type: "number-range" } & Bounds)
  /** In milliseconds since 1970. */
  | ({ readonly type: "date-range" } & Bounds)
  /** Texts between two, by their UTF-16 units as JavaScript compares them; undefined: open. */
  | { readonly type: "text-range"; readonly from: TextBound | undefined; readonly to: TextBound | undefined }
  /** A wildcard or regular expression that the whole text matches. */
  | { readonly type: "pattern"; readonly source: string; readonly automaton: Automaton }
  /** Text that so many edits or fewer (insert, remove, replace a character) turn into `text`. */
  | { readonly type: "fuzzy"; readonly text: string; readonly editsMax: number }
  /** There is a value. */
  | { readonly type: "present" }
  /** Nothing fits: the compatible reading has forms that are legal and find nothing. */
  | { readonly type: "never" };

/** One condition on one field. */
export type Term = {
  readonly type: "term";
  readonly field: string;
  readonly condition: Condition;
  /** What a value that fits adds to the score. */
  readonly weight: number;
  /** The same where the value is a number or date; only `present` tells them apart. */
  readonly ordinalWeight: number;
  /** Whether a date also counts as the text that it was written as. */
  readonly readsDatesAsText: boolean;
  readonly span: Span;
};

/**
 * All of `must`, none of `mustNot`, and, where `must` is empty, one of `should` if there is any. The score is the sum over what
 * fits of `must` and `should`, times `boost`; 1 where neither has anything.
 */
export type Group = {
  readonly type: "group";
  readonly must: readonly QueryNode[];
  readonly should: readonly QueryNode[];
  readonly mustNot: readonly QueryNode[];
  readonly boost: number;
};

export type QueryNode = { readonly type: "everything" } | Group | Term;

/** What is legal and probably not meant. */
export type QueryLint = { readonly message: string } & Span;

/** Why a query cannot be read, and where. */
export type QueryProblem = { readonly message: string } & Span;

/** A query that was read. */
export type Query = {
  readonly text: string;
  readonly mode: QueryMode;
  readonly root: QueryNode;
  readonly lints: readonly QueryLint[];
  /** Compatible reading: why every search by this query fails, so that it finds nobody and accepts nobody. */
  readonly searchFailure: string | undefined;
};
