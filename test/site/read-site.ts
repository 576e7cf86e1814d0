// The site of this checkout: what `npm run site` writes, and tests look at.
import { readFileSync } from "node:fs";
import { buildProgram } from "@muster/cli";
import { readContract } from "../tidy/openapi/contract.ts";
import { readMeanings } from "../tidy/page-errors.ts";
import { listFiles, ROOT } from "../tidy/sources.ts";
import { buildSite } from "./build-site.ts";
import { bundleScripts } from "./bundle-scripts.ts";

const read = (path: string) => readFileSync(ROOT + path, "utf8");

/** Every reason of an error. */
export function readReasonWords(): ReadonlySet<string> {
  return new Set(readMeanings(read("proto/src/reasons.ts")).keys());
}

/** Files of the site by path. */
export async function readSite(): Promise<ReadonlyMap<string, string>> {
  return buildSite({
    files: listFiles(["."]),
    read,
    contract: readContract(),
    reasons: readReasonWords(),
    program: buildProgram({ run: async () => undefined, runService: async () => undefined }),
    version: String(JSON.parse(read("sdk/package.json")).version),
    style: read("test/site/style.css"),
    scripts: await bundleScripts(),
  });
}
