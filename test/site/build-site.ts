// The site in memory: every document, what it leads to, the reference and the page to try things on, in their frames.
import type { Contract } from "../tidy/openapi/contract.ts";
import { framePage } from "./frame.ts";
import { type Navigation, readNavigation } from "./navigation.ts";
import type { Page } from "./page.ts";
import { type Command, commandsPage } from "./reference/commands-page.ts";
import { contractPages } from "./reference/contract-pages.ts";
import { type Schema, schemaPage } from "./reference/schema-page.ts";
import { renderMarkdown } from "./render-markdown.ts";
import { linkedFile, sitePathOf } from "./site-path.ts";
import { folderPage, sourcePage } from "./source-page.ts";
import { TRY_PATH, type TriedExample, tryPage } from "./try-page.ts";

export type SiteInput = {
  /** Paths from the root of every file that git tracks. */
  readonly files: readonly string[];
  readonly read: (path: string) => string;
  readonly contract: Contract;
  /** Every reason of an error. */
  readonly reasons: ReadonlySet<string>;
  /** The command line. */
  readonly program: Command;
  /** Of the packages. */
  readonly version: string;
  readonly style: string;
  /** The scripts of the pages, by their paths within the site. */
  readonly scripts: ReadonlyMap<string, string>;
};

/** Files of a folder that are shown because a link leads to the folder. Of a larger one only their names are, unless something else leads to them. */
const FOLDER_FILES_MAX = 60;
const INDEX = "docs/README.md";
const SCHEMA = /^docs\/reference\/(?<name>[\w-]+)\.schema\.json$/;
const SCHEMA_TITLES: Readonly<Record<string, string>> = {
  muster: "muster.json, setting by setting",
  "rule-set": "Rule sets, key by key",
  population: "Populations, key by key",
};

/** Files of the site by path. */
export function buildSite(input: SiteInput): ReadonlyMap<string, string> {
  const { files, read, contract, reasons, program, version, style, scripts } = input;
  const known = new Set(files);
  const resolve = (path: string) => {
    const readme = path === "" ? "README.md" : `${path}/README.md`;
    return !known.has(path) && known.has(readme) ? readme : path;
  };
  const documents = files.filter((path) => /^(?:docs\/.*|[A-Z][\w.-]*)\.md$/.test(path));
  const schemas = files.filter((path) => SCHEMA.test(path));
  const pages: Page[] = [];
  const shown = new Map<string, string>();
  const waiting = [...documents, ...schemas];
  const folders = new Map<string, readonly string[]>();
  const begun = new Set(waiting);
  const follow = (leadsTo: readonly string[]) => {
    for (const file of leadsTo) {
      if (begun.has(file)) continue;
      begun.add(file);
      waiting.push(file);
    }
  };
  for (let source = waiting.shift(); source !== undefined; source = waiting.shift()) {
    const schema = SCHEMA.exec(source)?.groups?.name;
    if (schema !== undefined) {
      const parsed: Schema = JSON.parse(read(source));
      pages.push(schemaPage(`reference/${schema}.schema.html`, SCHEMA_TITLES[schema] ?? source, parsed));
    } else if (!known.has(source)) {
      const inside = files.filter((path) => source === "" || path.startsWith(`${source}/`));
      if (inside.length === 0) continue; // The check of links tells who leads there.
      folders.set(source, inside);
      if (inside.length <= FOLDER_FILES_MAX) follow(inside);
    } else if (source.endsWith(".md")) {
      const rendered = renderMarkdown(read(source), { source, resolve });
      pages.push(rendered);
      follow(rendered.leadsTo);
      for (const picture of rendered.shows) shown.set(`source/${picture}`, read(picture));
    } else {
      pages.push(sourcePage(source, read(source)));
    }
  }
  for (const [folder, inside] of folders) pages.push(folderPage(folder, inside, begun));
  const reference = [commandsPage(program), ...contractPages(contract, reasons)];
  pages.push(...reference, tryPage(readExamples(input)));
  const listed = readNavigation(read(INDEX), (link) => resolve(linkedFile(INDEX, link)), {
    "Who plays whom": [{ path: TRY_PATH, text: "Try rule sets and queries" }],
    "Looking things up": reference.map(({ path, title }) => ({ path, text: title })),
  });
  const navigation = withUnlisted(
    listed,
    pages.filter(({ path }) => documents.map(sitePathOf).includes(path)),
  );
  return new Map([
    ...pages.map((page): [string, string] => [page.path, framePage(page, navigation, version)]),
    ...shown,
    ...scripts,
    ["style.css", style],
    ["search-index.js", writeIndex(pages)],
  ]);
}

/** A document that docs/README.md does not name stands at the end. */
function withUnlisted(navigation: Navigation, documents: readonly Page[]): Navigation {
  const listed = new Set(["index.html", ...navigation.flatMap(({ links }) => links.map(({ path }) => path))]);
  const others = documents.filter(({ path, language }) => !listed.has(path) && language === "en");
  if (others.length === 0) return navigation;
  return [...navigation, { title: "More", links: others.map(({ path, title }) => ({ path, text: title })) }];
}

/** The examples of rule sets, by name. */
function readExamples({ files, read }: SiteInput): ReadonlyMap<string, TriedExample> {
  const write = (value: unknown) => JSON.stringify(value, undefined, 2);
  return new Map(
    files.flatMap((path): [string, TriedExample][] => {
      const name = /^examples\/rule-sets\/(?<name>[\w-]+)\/configuration\.json$/.exec(path)?.groups?.name;
      if (name === undefined) return [];
      const { ruleSet, name: _, ...settings } = JSON.parse(read(path));
      const { $schema: _rules, ...rules } = ruleSet;
      const { $schema: _who, ...population } = JSON.parse(read(path.replace("configuration.json", "population.json")));
      return [[name, { rules: write(rules), settings: write(settings), population: write(population) }]];
    }),
  );
}

/** Sources are found by their names alone. */
function writeIndex(pages: readonly Page[]): string {
  const index = pages.map(({ path, title, headings, terms }) => [
    ...[path, title],
    [...headings, ...terms].map(({ level, text, anchor }) => [level, text, anchor]),
  ]);
  return `globalThis.musterSearchIndex = ${JSON.stringify(index)};\n`;
}
