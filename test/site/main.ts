// `npm run site`: writes the documentation as a static site to the folder `site`. Open its index.html, or let any server serve it.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "../tidy/sources.ts";
import { findBrokenLinks } from "./check-links.ts";
import { readSite } from "./read-site.ts";

const OUT = join(ROOT, "site");
const site = await readSite();
const broken = findBrokenLinks(site);
for (const line of broken) console.error(`a link leads nowhere: ${line}`);
rmSync(OUT, { recursive: true, force: true });
let bytes = 0;
for (const [path, content] of site) {
  const file = join(OUT, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  bytes += Buffer.byteLength(content);
}
console.log(`wrote ${site.size} files, ${(bytes / 1e6).toFixed(1)} MB: open site/index.html`);
process.exitCode = broken.length > 0 ? 1 : 0;
