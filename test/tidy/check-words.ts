// Looks through every tracked file for what must not be in it: paths of a machine, addresses of a registry, marks of a
// merge. Run by `npm run check`.
import { readFileSync } from "node:fs";
import { listFiles, ROOT } from "./sources.ts";

const bans = [
  { what: /(?:^|[\s"'`(=])\/(?:work|home|root|Users)\/[A-Za-z]/, why: "a path of one machine" },
  { what: /"resolved":\s*"https?:/, why: "the lock file names a registry" },
  { what: /registry\.npmjs\.org|npmmirror/, why: "a registry's address" },
  { what: /^(?:<{7}|>{7}) /, why: "a merge's mark" },
] as const;

let found = 0;
for (const path of listFiles(["."])) {
  if (path === "test/tidy/check-words.ts" || /\.(?:png|binpb)$/.test(path)) continue;
  for (const [index, line] of readFileSync(ROOT + path, "utf8")
    .split("\n")
    .entries()) {
    for (const { what, why } of bans) {
      if (!what.test(line)) continue;
      found += 1;
      console.log(`${path}:${index + 1} ${why}: ${line.trim().slice(0, 100)}`);
    }
  }
}
process.exitCode = found > 0 ? 1 : 0;
