// Whether every link of the site leads somewhere, anchors included.

const LINK = /(?:href|src)="(?<to>[^"]*)"/g;
const ID = /\sid="(?<id>[^"]*)"/g;

/** Each link that leads nowhere: "guides/backfill.html: ../nothing.html". `site`: its files by path. */
export function findBrokenLinks(site: ReadonlyMap<string, string | Uint8Array>): readonly string[] {
  const ids = new Map<string, ReadonlySet<string>>();
  for (const [path, html] of site) {
    if (typeof html !== "string" || !path.endsWith(".html")) continue;
    ids.set(path, new Set([...html.matchAll(ID)].map(({ groups }) => readEscaped(groups?.id ?? ""))));
  }
  const broken: string[] = [];
  for (const [path, html] of site) {
    if (typeof html !== "string" || !path.endsWith(".html")) continue;
    for (const { groups } of html.matchAll(LINK)) {
      const link = readEscaped(groups?.to ?? "");
      if (/^(?:https?|mailto):/.test(link)) continue;
      const { pathname, hash } = new URL(link, `http://site/${path}`);
      const to = decodeURIComponent(pathname.slice(1));
      const anchor = decodeURIComponent(hash.slice(1));
      const isThere = site.has(to) && (anchor === "" || /^(?:rules|query)=/.test(anchor) || ids.get(to)?.has(anchor));
      if (!isThere) broken.push(`${path}: ${link.slice(0, 200)}`);
    }
  }
  return broken;
}

function readEscaped(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
}
