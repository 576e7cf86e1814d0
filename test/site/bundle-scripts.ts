// The scripts of the site, each as one file without modules: a site that is opened from a disk may load none.
import { isBuiltin } from "node:module";
import { rolldown } from "rolldown";
import { ROOT } from "../tidy/sources.ts";

const NAMES = ["theme", "search", "copy", "try", "simulate"] as const;

// What of Node is behind the matcher's core: the digest by which a ticket that comes again is known, for which in a browser the
// text itself will do. Whatever else is Node's is behind functions that nobody calls here, and is left out with them.
const CRYPTO = "export const hash = (algorithm, text) => text;";

/** By path within the site. @throws {Error} with the bundler's words if something cannot be resolved, or is Node's. */
export async function bundleScripts(): Promise<ReadonlyMap<string, string>> {
  const scripts = await Promise.all(NAMES.map(async (name) => [`${name}.js`, await bundle(name)] as const));
  return new Map(scripts);
}

async function bundle(name: string): Promise<string> {
  const made = await rolldown({
    cwd: ROOT,
    input: `test/site/browser/${name}.ts`,
    platform: "browser",
    treeshake: { moduleSideEffects: (id) => id.includes("/test/site/browser/") },
    shimMissingExports: true,
    plugins: [
      {
        name: "without-node",
        resolveId: (id) => (isBuiltin(id) ? { id, moduleSideEffects: false } : null),
        load: (id) => (isBuiltin(id) ? (id === "node:crypto" ? CRYPTO : "export {};") : null),
      },
    ],
    resolve: { conditionNames: ["@muster/source", "browser", "import", "default"] },
    logLevel: "warn",
    onLog(level, log, handle) {
      if (log.code === "UNRESOLVED_IMPORT") throw new Error(`Cannot bundle ${name} as ${log.message}`);
      // Nothing of Node's is there, and nobody asks for it; anything else that is missing is a mistake.
      if (log.code === "SHIMMED_EXPORT") {
        if (isBuiltin(/in module "(?<name>[^"]+)"/.exec(log.message)?.groups?.name ?? "")) return;
        throw new Error(`Cannot bundle ${name} as ${log.message}`);
      }
      handle(level, log);
    },
  });
  try {
    const { output } = await made.generate({ format: "iife", minify: true });
    return output[0].code;
  } finally {
    await made.close();
  }
}
