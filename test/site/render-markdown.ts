// A document as HTML: headings get anchors, links lead to pages of the site, tables to be looked up in get an anchor a row.
import { Marked, type Tokens } from "marked";
import { colourCode } from "./colour-code.ts";
import { drawDiagram } from "./draw-diagram.ts";
import { escapeHtml } from "./escape-html.ts";
import type { Heading, Page } from "./page.ts";
import { linkedFile, relativePath, sitePathOf } from "./site-path.ts";
import { createSlugger } from "./slug.ts";

export type RenderedDocument = Page & {
  /** Files that it leads to, by their paths from the root. */
  readonly leadsTo: readonly string[];
  /** Pictures that it shows. */
  readonly shows: readonly string[];
};

/** `source`: its path from the root. `resolve`: what a path that a link names really is, such as a folder's README. */
export function renderMarkdown(
  text: string,
  { source, resolve }: { readonly source: string; readonly resolve: (path: string) => string },
): RenderedDocument {
  const path = sitePathOf(source);
  const slug = createSlugger();
  const headings: Heading[] = [];
  const terms: Heading[] = [];
  const leadsTo = new Set<string>();
  const shows = new Set<string>();
  const termAnchors = new Set<string>();

  const hrefOf = (href: string): string => {
    if (/^[a-z]+:/.test(href) || href.startsWith("#")) return href;
    const [to = "", anchor] = href.split("#");
    const file = resolve(linkedFile(source, decodeURI(to)));
    leadsTo.add(file);
    return relativePath(path, sitePathOf(file)) + (anchor === undefined ? "" : `#${anchor}`);
  };
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }) {
        const html = this.parser.parseInline(tokens);
        const plain = plainText(html);
        const anchor = slug(plain);
        headings.push({ level: depth, text: plain, anchor });
        return `<h${depth} id="${escapeHtml(anchor)}">${html} <a class="anchor" href="#${escapeHtml(anchor)}" aria-label="link to this heading">#</a></h${depth}>\n`;
      },
      link({ href, tokens }) {
        const to = hrefOf(href);
        const away = /^https?:/.test(to) ? ' rel="noreferrer"' : "";
        return `<a href="${escapeHtml(to)}"${away}>${this.parser.parseInline(tokens)}</a>`;
      },
      image({ href, text: words }) {
        const file = linkedFile(source, href);
        shows.add(file);
        return `<img src="${escapeHtml(relativePath(path, `source/${file}`))}" alt="${escapeHtml(words)}">`;
      },
      code({ text: code, lang = "" }) {
        const picture = lang === "mermaid" ? drawDiagram(code) : undefined;
        return picture ?? codeBlock(code, { language: lang, tryAt: relativePath(path, "try.html") });
      },
      table(token) {
        const head = token.header.map((cell) => `<th>${this.parser.parseInline(cell.tokens)}</th>`).join("");
        const rows = token.rows.map((cells) => {
          const term = termOf(cells[0]);
          const anchor = term === undefined ? "" : term.toLowerCase().replaceAll(/[^\w.-]+/g, "-");
          const isNew = term !== undefined && !termAnchors.has(anchor);
          if (isNew) {
            termAnchors.add(anchor);
            terms.push({ level: 7, text: term, anchor: `term-${anchor}` });
          }
          const data = cells.map((cell) => `<td>${this.parser.parseInline(cell.tokens)}</td>`).join("");
          return `<tr${isNew ? ` id="term-${escapeHtml(anchor)}"` : ""}>${data}</tr>`;
        });
        return `<div class="table"><table><thead><tr>${head}</tr></thead><tbody>${rows.join("\n")}</tbody></table></div>\n`;
      },
      // Remarks of a document's makers are no part of the page, and no document has other HTML in it.
      html({ text: html }) {
        return html.trim().startsWith("<!--") ? "" : escapeHtml(html);
      },
    },
  });
  const body = String(marked.parse(text, { async: false, gfm: true }));
  return {
    ...{ path, body, headings, terms, leadsTo: [...leadsTo], shows: [...shows] },
    title: headings[0]?.text ?? source,
    language: /\.(?<language>zh-CN|ko)\.md$/.exec(source)?.groups?.language ?? "en",
  };
}

/** A block of code; one that holds a whole rule set, or a query, can be tried on the site. */
export function codeBlock(
  code: string,
  { language, tryAt }: { readonly language: string; readonly tryAt?: string },
): string {
  const label = language === "" ? "" : ` data-language="${escapeHtml(language)}"`;
  const block = `<pre${label} tabindex="0"><code>${colourCode(code, language)}</code></pre>\n`;
  const trial = tryAt === undefined ? undefined : trialOf(code, language);
  if (!trial) return block;
  const href = escapeHtml(`${tryAt}#${trial.what}=${encodeURIComponent(trial.text)}`);
  return `${block}<p class="try"><a href="${href}">Try this ${trial.name}</a></p>\n`;
}

/** What of the code the site can try. Undefined: nothing. */
function trialOf(code: string, language: string): { what: "rules" | "query"; name: string; text: string } | undefined {
  if (language === "json" && isRuleSet(code)) return { what: "rules", name: "rule set", text: code };
  const query = /^npx muster query (?:check|test|why) '(?<text>[^']+)'/m.exec(code)?.groups?.text;
  return language === "sh" && query !== undefined ? { what: "query", name: "query", text: query } : undefined;
}

function isRuleSet(code: string): boolean {
  return /^\{/.test(code) && /^ {2}"teams": \[/m.test(code) && /^ {2}"(?:ruleLanguageVersion|version)"/m.test(code);
}

/** The word that a row is about: its first cell is one word of code. */
function termOf(cell: Tokens.TableCell | undefined): string | undefined {
  const [only, ...others] = cell?.tokens ?? [];
  return only?.type === "codespan" && others.length === 0 ? (only as Tokens.Codespan).text : undefined;
}

function plainText(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
