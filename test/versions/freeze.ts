// `npm run freeze`, at a release: keeps what the next versions have to go on serving. The demo's server with the SDK of this build as one
// file, and the contract as it is now.
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { runProgram } from "../pack/programs.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** What tests run in place of the demo's server. */
const SERVER = join(ROOT, "test/versions/previous/server.mjs");
const CONTRACT = join(ROOT, "proto/baseline.binpb");
const BUILD_MS = 60_000;

await mkdir(dirname(SERVER), { recursive: true });
const bundle = await rolldown({
  cwd: ROOT,
  input: "test/demo/server.ts",
  platform: "node",
  resolve: { conditionNames: ["@muster/source", "node", "import", "default"] },
  // What a studio would have updated in between stays what is installed.
  external: [/^@grpc\//, /^@bufbuild\//],
  transform: { target: "node22.15" },
});
try {
  await bundle.write({ file: SERVER, format: "esm", minify: { compress: true, mangle: false } });
} finally {
  await bundle.close();
}
const build = [join(ROOT, "node_modules/.bin/buf"), "build", "--exclude-source-info", "-o", CONTRACT];
await runProgram(build, { cwd: ROOT, env: process.env, withinMs: BUILD_MS });
