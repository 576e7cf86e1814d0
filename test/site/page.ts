// A page of the site as it is made, before it gets its frame.

export type Heading = { readonly level: number; readonly text: string; readonly anchor: string };

export type Page = {
  /** Within the site: "guides/backfill.html". */
  readonly path: string;
  readonly title: string;
  /** What stands between header and footer. */
  readonly body: string;
  readonly headings: readonly Heading[];
  /** Words of tables that are looked up: variables, reasons, fields. */
  readonly terms: readonly Heading[];
  /** "en", or what its file's name says. */
  readonly language: string;
  /** Scripts beside those of every page, within the site. */
  readonly scripts?: readonly string[];
};
