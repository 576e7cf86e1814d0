// What the command says to somebody whose Node is too old for it, installed and in a checkout.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const DOOR = fileURLToPath(new URL("../bin/muster.js", import.meta.url));

const rows = [
  {
    name: "installed",
    isCheckout: false,
    says: "Cannot run muster as it needs Node 24 or newer: this is Node 20.11.0. Install one: https://nodejs.org\n",
  },
  {
    name: "in a checkout that brought no Node along",
    isCheckout: true,
    says: "Cannot run muster as it needs Node 24 or newer: this is Node 20.11.0. Install one, or run `npm ci`, which brings one along on Linux x64\n",
  },
];
for (const { name, isCheckout, says } of rows) {
  test(`an old Node is told what muster needs, ${name}, with exit 2`, () => {
    const folder = mkdtempSync(join(tmpdir(), "muster-old-node-"));
    try {
      for (const part of ["bin", "src"]) mkdirSync(join(folder, "cli", part), { recursive: true });
      writeFileSync(join(folder, "cli/package.json"), '{ "type": "module" }');
      cpSync(DOOR, join(folder, "cli/bin/muster.js"));
      if (isCheckout) writeFileSync(join(folder, "cli/src/main.ts"), "");
      // This Node, which says that it is an old one.
      const versions =
        "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.11.0' } })";
      const args = ["--import", `data:text/javascript,${encodeURIComponent(versions)}`];
      const { status, stderr } = spawnSync(process.execPath, [...args, join(folder, "cli/bin/muster.js"), "dev"], {
        encoding: "utf8",
        env: { ...process.env, NODE_OPTIONS: "" },
      });
      expect({ status, stderr }).toEqual({ status: 2, stderr: says });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
