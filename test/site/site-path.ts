// Where a file of the repository stands on the site: documents are pages of their own, everything else that they lead to is
// shown as source.

/** The page's path within the site, for a file by its path from the root. A folder is its README, or its list. */
export function sitePathOf(source: string): string {
  const name = source.split("/").at(-1) ?? "";
  if (source === "docs/README.md") return "index.html";
  if (/^README(?:\.[\w-]+)?\.md$/.test(source)) return source.replace(/^README/, "quick-start").replace(/md$/, "html");
  if (/^[A-Z]+\.md$/.test(source)) return `${source.slice(0, -3).toLowerCase()}.html`;
  if (source.startsWith("docs/") && source.endsWith(".md")) return source.slice(5, -2).concat("html");
  if (/^docs\/reference\/[\w-]+\.schema\.json$/.test(source)) return source.slice(5, -4).concat("html");
  if (name.includes(".")) return `source/${source}.html`;
  return `source/${source === "" ? "" : `${source}/`}index.html`;
}

/** From the page `from` to the page `to`, both within the site: "../guides/backfill.html". */
export function relativePath(from: string, to: string): string {
  const ups = from.split("/").slice(0, -1);
  const downs = to.split("/");
  while (ups.length > 0 && downs.length > 1 && ups[0] === downs[0]) {
    ups.shift();
    downs.shift();
  }
  return [...ups.map(() => ".."), ...downs].join("/");
}

/** The file that a link of `source` leads to, by its path from the root; "" is the root itself. */
export function linkedFile(source: string, link: string): string {
  const parts = source.split("/").slice(0, -1);
  for (const part of link.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}
