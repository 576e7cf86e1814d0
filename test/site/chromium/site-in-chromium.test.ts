// The site in a real browser: pages without complaints, the search by keys, themes, narrow screens, and rule sets that are judged
// as one types. One browser for all of it, as starting one takes longest.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Simulated, simulatePopulation } from "../browser/simulation.ts";
import { readSite } from "../read-site.ts";
import { type BrowserPage, type Chromium, findChromium, startChromium } from "./chromium.ts";
import { serveSite } from "./serve-site.ts";

const found = findChromium();
const isMissing = "missing" in found;
if (isMissing) console.warn(`\n*** SKIPPED: the site is not tried in a browser: ${found.missing} ***\n`);

let site: ReadonlyMap<string, string> = new Map();
let server: Awaited<ReturnType<typeof serveSite>> | undefined;
let chromium: Chromium | undefined;
beforeAll(async () => {
  if ("missing" in found) return;
  [site, chromium] = await Promise.all([readSite(), startChromium(found.program)]);
  server = await serveSite(site);
}, 60_000);
afterAll(async () => {
  await chromium?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

async function openPage(path?: string): Promise<BrowserPage> {
  const page = (await chromium?.openPage()) ?? expect.fail("there is a browser");
  if (path !== undefined) await page.goTo(at(path));
  return page;
}
const at = (path: string) => `${server?.origin}/${path}`;

const oneOfEachKind = [
  ...[
    "index.html",
    "quick-start.html",
    "quick-start.ko.html",
    "guides/backfill.html",
    "guides/coming-from/agones.html",
  ],
  ...["reference/errors.html", "reference/muster.matchmaking.v1.html", "reference/muster.schema.html", "try.html"],
  ...["source/examples/rule-sets/duel-ladder/README.md.html", "source/proto/muster/index.html"],
];
test.skipIf(isMissing)("no kind of page complains, or asks another host for anything", async () => {
  const page = await openPage();
  for (const path of oneOfEachKind) {
    expect(site.has(path) ? path : `no ${path}`).toBe(path);
    await page.goTo(at(path));
  }
  expect(page.complaints).toEqual([]);
  expect(page.requested.filter((url) => !url.startsWith(`${server?.origin}/`))).toEqual([]);
});

test.skipIf(isMissing)("the search is worked by keys alone, and leads to the heading", async () => {
  const page = await openPage("guides/secure.html");
  await page.press("/");
  await page.type("every state and why");
  await page.until("document.querySelectorAll('#site-found li').length > 0");
  await page.press("ArrowDown");
  await page.press("Enter");
  await page.until("location.pathname === '/guides/backfill.html' && location.hash === '#every-state-and-why'");
  await page.until("document.querySelector('#site-search')?.disabled === false"); // Its script has come.
  await page.press("/");
  await page.type("backfill");
  await page.until("!document.querySelector('#site-found').hidden");
  await page.press("Escape");
  expect(await page.read("document.querySelector('#site-found').hidden")).toBe(true);
});

/** The contrast between text and ground as WCAG counts it, of the page and of its links. */
const CONTRASTS = `(() => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map((part) => part / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = light(getComputedStyle(document.body).backgroundColor);
  return [document.body, document.querySelector("main a:not(.anchor)"), document.querySelector("nav h2")].map((one) => {
    const [low, high] = [ground, light(getComputedStyle(one).color)].toSorted((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  });
})()`;

for (const scheme of ["light", "dark"] as const) {
  test.skipIf(isMissing)(`it is ${scheme} where the system is, with text that can be read`, async () => {
    const page = await openPage("index.html");
    await page.prefer(scheme);
    const ground = await page.read("getComputedStyle(document.body).backgroundColor");
    expect(ground).toBe(scheme === "light" ? "rgb(255, 255, 255)" : "rgb(20, 23, 26)");
    for (const contrast of (await page.read(CONTRASTS)) as number[]) expect(contrast).toBeGreaterThanOrEqual(4.5);
  });
}

test.skipIf(isMissing)("a theme that was chosen holds on the next page", async () => {
  const page = await openPage("index.html");
  await page.prefer("light");
  await page.goTo(at("queries.html"));
  await page.read("document.querySelector('#site-theme').click()");
  await page.goTo(at("rule-sets.html"));
  expect(await page.read("getComputedStyle(document.body).backgroundColor")).toBe("rgb(20, 23, 26)");
  await page.read("document.querySelector('#site-theme').click()");
  expect(await page.read("document.documentElement.dataset.theme")).toBe("light");
});

test.skipIf(isMissing)("a narrow screen is not wider than itself", async () => {
  const page = await openPage();
  await page.resize({ width: 360, height: 740 });
  for (const path of ["index.html", "guides/backfill.html", "reference/muster.schema.html", "try.html"]) {
    await page.goTo(at(path));
    const width = await page.read("document.scrollingElement.scrollWidth");
    expect(width, path).toBeLessThanOrEqual(360);
  }
});

test.skipIf(isMissing)("a rule set of a guide is tried, and judged as one types", async () => {
  const page = await openPage("guides/coming-from/gamelift.html");
  await page.read("document.querySelector('.try a').click()");
  await page.until("document.querySelector('#rules-verdict')?.textContent.includes('a legal rule set')");
  expect(await page.read("document.querySelector('#rules').value")).toContain('"name": "skirmish"');
  await page.read("document.querySelector('#rules').select()");
  await page.read("document.querySelector('#rules').focus()");
  await page.type('{ "version": "v1.0", "teams": [] }');
  await page.until("document.querySelector('#rules-verdict').dataset.good === 'false'");
  expect(await page.read("document.querySelector('#rules-verdict').textContent")).toContain("teams");
  expect(await page.read("document.querySelector('#query-verdict').textContent")).toContain("It finds 2 of 3 tickets");
  await page.read("document.querySelector('#query').select()");
  await page.read("document.querySelector('#query').focus()");
  await page.type("+properties.region:us");
  await page.until("document.querySelector('#query-verdict').textContent.includes('cleo  score 1')");
  await page.goTo(at("queries.html"));
  await page.read("document.querySelector('.try a').click()");
  await page.until("document.querySelector('#query')?.value.includes('old town')");
  expect(page.complaints).toEqual([]);
});

const SIMULATE = `(() => {
  const example = document.querySelector("#example");
  example.selectedIndex = [...example.options].findIndex(({ textContent }) => textContent === "map-voting");
  example.dispatchEvent(new Event("change"));
  document.querySelector("#simulate").click();
  return Object.fromEntries(["rules", "settings", "population"].map((id) => [id, document.querySelector("#" + id).value]));
})()`;

async function simulateThere(page: BrowserPage) {
  const simulated = (await page.read(SIMULATE)) as Simulated;
  await page.until("document.querySelector('#simulation').dataset.good");
  const told = await page.read("document.querySelector('#simulation').textContent");
  return { simulated, told };
}

test.skipIf(isMissing)("a population is simulated in the browser as it is here", async () => {
  const page = await openPage("try.html");
  const { simulated, told } = await simulateThere(page);
  expect(simulatePopulation(simulated)).toEqual({ isGood: true, lines: String(told).split("\n") });
  expect(page.complaints).toEqual([]);
});

test.skipIf(isMissing)("it can be opened from a disk, search and simulation included", async () => {
  const folder = mkdtempSync(join(tmpdir(), "muster-site-"));
  try {
    for (const [path, content] of site) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const page = await openPage();
    await page.goTo(pathToFileURL(join(folder, "guides/backfill.html")).href);
    await page.press("/");
    await page.type("queue_full placement");
    await page.press("Escape");
    await page.press("/");
    await page.until(
      "document.querySelector('#site-search').value !== '' && globalThis.musterSearchIndex !== undefined",
    );
    expect(page.complaints).toEqual([]);
    await page.goTo(pathToFileURL(join(folder, "try.html")).href);
    expect((await simulateThere(page)).told).toContain("Two minutes: 1");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
