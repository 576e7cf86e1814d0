// Where new projects have their packages from, for each place that the command may run in.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findPackageSources } from "./package-sources.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "muster-sources-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const INSTALLED = "node_modules/@muster/cli/dist/commands/init.js";
const SOURCE = "cli/src/commands/init.ts";
const cliManifest = { version: "1.2.3", dependencies: { "@muster/kit": "1.2.3", commander: "15.1.0" } };
const rows = [
  {
    name: "a registry, where the command came from one",
    self: INSTALLED,
    files: { "package.json": { devDependencies: { "@muster/cli": "1.2.3" } } },
    sources: { specs: {} },
  },
  {
    name: "a registry, where nothing says whence the command came",
    self: INSTALLED,
    files: {},
    sources: { specs: {} },
  },
  {
    name: "the tarballs that the command was installed from",
    self: INSTALLED,
    files: {
      "package.json": {
        dependencies: { "@muster/kit": "file:../packed/kit.tgz", ws: "file:../ws.tgz" },
        devDependencies: { "@muster/cli": "file:packed/cli.tgz" },
      },
    },
    sources: { specs: { "@muster/kit": "file:../../../packed/kit.tgz", "@muster/cli": "file:../../packed/cli.tgz" } },
  },
  {
    name: "what a checkout has packed",
    self: SOURCE,
    files: { "cli/package.json": cliManifest, "packed/muster-cli-1.2.3.tgz": 0, "packed/muster-kit-1.2.3.tgz": 0 },
    sources: {
      specs: {
        "@muster/cli": "file:../../packed/muster-cli-1.2.3.tgz",
        "@muster/kit": "file:../../packed/muster-kit-1.2.3.tgz",
      },
    },
  },
  {
    name: "what a checkout has yet to pack",
    self: SOURCE,
    files: { "cli/package.json": cliManifest, "packed/muster-cli-1.2.2.tgz": 0 },
    sources: {
      specs: {
        "@muster/cli": "file:../../packed/muster-cli-1.2.3.tgz",
        "@muster/kit": "file:../../packed/muster-kit-1.2.3.tgz",
      },
      packIn: true,
    },
  },
] as const;
for (const { name, self, files, sources } of rows) {
  test(`findPackageSources() names ${name}`, async () => {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), JSON.stringify(content));
    }
    const found = await findPackageSources(pathToFileURL(join(folder, self)), join(folder, "games/mine"));
    expect(found).toEqual("packIn" in sources ? { ...sources, packIn: folder } : sources);
  });
}
