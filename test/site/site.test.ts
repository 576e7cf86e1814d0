// The site of this checkout, built in memory: every link leads somewhere, no page asks anything of another host, and what is
// looked up is found.
import { beforeAll, expect, test } from "vitest";
import { listFiles } from "../tidy/sources.ts";
import { findEntries, type IndexedPage } from "./browser/find-entries.ts";
import { findBrokenLinks } from "./check-links.ts";
import { CONTENT_SECURITY_POLICY } from "./frame.ts";
import { readReasonWords, readSite } from "./read-site.ts";
import { sitePathOf } from "./site-path.ts";

let site: ReadonlyMap<string, string> = new Map();
let pages: readonly (readonly [path: string, html: string])[] = [];
let index: readonly IndexedPage[] = [];
beforeAll(async () => {
  site = await readSite();
  pages = [...site].filter(([path]) => path.endsWith(".html"));
  index = JSON.parse(/= (.*);\n$/s.exec(site.get("search-index.js") ?? "")?.[1] ?? "[]");
}, 60_000);

test("every link and anchor leads somewhere", () => expect(findBrokenLinks(site)).toEqual([]));

test("a link or an anchor that leads nowhere is found", () => {
  const page =
    '<h2 id="here"></h2><a href="#here"><a href="b/there.html"><a href="c.html"><a href="#gone"><a href="https://a.example">';
  const broken = findBrokenLinks(
    new Map([
      ["a.html", page],
      ["b/there.html", '<a href="../a.html#here">'],
    ]),
  );
  expect(broken).toEqual(["a.html: c.html", "a.html: #gone"]);
});

test("every document is a page, and can be reached from the navigation", () => {
  const documents = listFiles(["docs/*.md"]).filter((path) => path !== "docs/README.md");
  const [, navigation = ""] = /<nav[^>]*>(.*)<\/nav>/s.exec(site.get("index.html") ?? "") ?? [];
  expect(documents.map(sitePathOf).filter((path) => !navigation.includes(`href="${path}"`))).toEqual([]);
});

test("no page has inline scripts, styles or anything of another host, and each says so to the browser", () => {
  const wrong = pages.filter(
    ([, html]) =>
      !html.includes(`content="${CONTENT_SECURITY_POLICY}"`) ||
      /<script(?![^>]* src=)|<style|<[^>]+ (?:style|on[a-z]+)=|<(?:link|script|img|iframe)[^>]*(?:src|href)="(?:https?:)?\/\//.test(
        html,
      ),
  );
  expect(wrong.map(([path]) => path)).toEqual([]);
});

test("every page has one main heading, its title, and no anchor twice", () => {
  const wrong = pages.filter(([, html]) => {
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    return (html.match(/<h1\b/g) ?? []).length !== 1 || new Set(ids).size !== ids.length;
  });
  expect(wrong.map(([path]) => path)).toEqual([]);
});

test("the page of errors explains every reason", () => {
  const errors = site.get("reference/errors.html") ?? "";
  expect([...readReasonWords()].filter((word) => !errors.includes(`id="term-${word.toLowerCase()}"`))).toEqual([]);
});

const sought = [
  { typed: "every state", leads: "guides/backfill.html#every-state-and-why" },
  { typed: "startbackfill", leads: "reference/muster.sdk.v1.html#GameServerService.StartBackfill" },
  { typed: "QUEUE", leads: "reference/muster.schema.html#queues" },
  { typed: "player_already_queued", leads: "reference/errors.html#term-player_already_queued" },
  { typed: "MUSTER_SIDECAR_TOKEN", leads: "reference/environment.html#term-muster_sidecar_token" },
  { typed: "placementRetries", leads: "guides/configurations.html#term-placementretries" },
  { typed: "muster ticket why", leads: "reference/commands.html#muster-ticket-why" },
  { typed: "nakama calls", leads: "guides/coming-from/nakama.html#calls" },
];
for (const { typed, leads } of sought) {
  test(`the search leads from "${typed}" to ${leads}`, () => {
    expect(findEntries(index, typed).map(({ href }) => href)).toContain(leads);
  });
}

test("the search finds nothing for what is nowhere, and for nothing", () => {
  expect(findEntries(index, "xyzzy")).toEqual([]);
  expect(findEntries(index, "  ")).toEqual([]);
});
