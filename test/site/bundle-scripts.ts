// The scripts of the site, each as one file without modules: a site that is opened from a disk may load none.
import { rolldown } from "rolldown";
import { ROOT } from "../tidy/sources.ts";

const NAMES = ["theme", "search", "try"] as const;

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
    resolve: { conditionNames: ["@muster/source", "browser", "import", "default"] },
    logLevel: "warn",
    onLog(level, log, handle) {
      if (log.code === "UNRESOLVED_IMPORT") throw new Error(`Cannot bundle ${name} as ${log.message}`);
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
