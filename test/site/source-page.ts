// A file, or a folder, of the repository as a page, for links that lead to neither documents nor reference.
import { escapeHtml } from "./escape-html.ts";
import type { Page } from "./page.ts";
import { codeBlock } from "./render-markdown.ts";
import { relativePath, sitePathOf } from "./site-path.ts";

/** The file as it stands. */
export function sourcePage(source: string, text: string): Page {
  const language = source.split(".").at(-1) ?? "";
  const body = `<h1 id="top">${escapeHtml(source)}</h1>\n${codeBlock(text, { language })}`;
  return {
    ...{ path: sitePathOf(source), title: source, body, language: "en" },
    headings: [{ level: 1, text: source, anchor: "top" }],
    terms: [],
  };
}

/** The files of the folder and below it, those that are `shown` as links. */
export function folderPage(folder: string, files: readonly string[], shown: ReadonlySet<string>): Page {
  const path = sitePathOf(folder);
  const title = folder === "" ? "The repository" : folder;
  const items = files.map((file) => {
    const name = escapeHtml(file.slice(folder === "" ? 0 : folder.length + 1));
    if (!shown.has(file)) return `<li>${name}</li>`;
    return `<li><a href="${escapeHtml(relativePath(path, sitePathOf(file)))}">${name}</a></li>`;
  });
  return {
    ...{ path, title, body: `<h1 id="top">${escapeHtml(title)}</h1>\n<ul>${items.join("\n")}</ul>\n`, language: "en" },
    headings: [{ level: 1, text: title, anchor: "top" }],
    terms: [],
  };
}
