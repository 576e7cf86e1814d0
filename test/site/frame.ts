// What stands around every page: head, header with the search, the way through the documents, and the page's own headings.
import { escapeHtml } from "./escape-html.ts";
import type { Navigation } from "./navigation.ts";
import type { Page } from "./page.ts";
import { relativePath } from "./site-path.ts";

/** Nothing but what the site itself serves: no inline script or style, no other host, no form. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'";

/** The whole document. */
export function framePage(page: Page, navigation: Navigation, version: string): string {
  const to = (path: string) => escapeHtml(relativePath(page.path, path));
  const scripts = ["theme.js", "search.js", "copy.js", ...(page.scripts ?? [])];
  const sections = navigation.map(({ title, links }) => {
    const items = links.map(({ path, text }) => {
      const here = path === page.path ? ' aria-current="page"' : "";
      return `<li><a href="${to(path)}"${here}>${escapeHtml(text)}</a></li>`;
    });
    return `<h2>${escapeHtml(title)}</h2><ul>${items.join("")}</ul>`;
  });
  const own = page.headings.filter(({ level }) => level === 2);
  const contents = own.map(({ anchor, text }) => `<li><a href="#${escapeHtml(anchor)}">${escapeHtml(text)}</a></li>`);
  return `<!doctype html>
<html lang="${page.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_SECURITY_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(page.title === "Muster" ? "Muster" : `${page.title} · Muster`)}</title>
<link rel="stylesheet" href="${to("style.css")}">
${scripts.map((path) => `<script defer src="${to(path)}"></script>`).join("\n")}
</head>
<body data-root="${escapeHtml(relativePath(page.path, ""))}">
<a class="skip" href="#site-content">To the content</a>
<header>
<a class="home" href="${to("index.html")}">Muster</a>
<div class="search" role="search">
<input id="site-search" type="search" placeholder="Search headings, calls, settings ( / )" aria-label="Search" autocomplete="off" role="combobox" aria-expanded="false" aria-controls="site-found" disabled>
<ul id="site-found" role="listbox" aria-label="Found" hidden></ul>
</div>
<a class="pages" href="#site-pages">Pages</a>
<button id="site-theme" type="button" hidden>Dark</button>
</header>
<div class="columns">
<nav id="site-pages" aria-label="Documents">${sections.join("\n")}</nav>
<main id="site-content">
${page.body}</main>
<aside aria-label="On this page">${contents.length > 1 ? `<h2>On this page</h2><ul>${contents.join("")}</ul>` : ""}</aside>
</div>
<footer>Muster ${escapeHtml(version)}, Apache-2.0</footer>
</body>
</html>
`;
}
