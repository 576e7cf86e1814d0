#!/usr/bin/env -S node --max-semi-space-size=1 --max-old-space-size=256 --no-maglev
// The sidecar's command: `muster-sidecar [-- GAME …]`. Plain CommonJS, as it is committed, and as Node starts that soonest.
// V8 takes these flags at the start and never again, so they stand above, where a shell reads them, and so does a fleet that
// starts sidecars. A young generation of 1 MB is most of what a sidecar saves under load, and the code of the compiler in the
// middle, which a sidecar is hardly faster with, most of the rest. The limit of the old generation is far above what it needs:
// it ends a sidecar that leaks before its host suffers.
"use strict";
const { existsSync } = require("node:fs");
const nodeModule = require("node:module");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");

/** When what was compiled so far is written down, in ms: a sidecar that is killed would leave nothing to the next one. */
const FLUSH_MS = 2_000;
const SOURCE = join(__dirname, "../src/main.ts");

// The first start compiles for all later ones of this user. NODE_COMPILE_CACHE chooses the folder.
if (nodeModule.enableCompileCache) nodeModule.enableCompileCache();
if (nodeModule.flushCompileCache) setTimeout(nodeModule.flushCompileCache, FLUSH_MS).unref();

if (existsSync(SOURCE)) {
  // As --conditions=@muster/source does, for this process alone: nothing of it reaches the game.
  nodeModule.registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, { ...context, conditions: [...context.conditions, "@muster/source"] }),
  });
  void import(pathToFileURL(SOURCE).href);
} else {
  require("../dist/main.cjs");
}
