// A program of ours and all that it imports as one file: a server that has one file to find, read and compile starts in half
// the processor time, and what nobody calls is not there. The import graph is the sources', so that no package is built before.
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Writes the program of `entry` to `file`, as CommonJS: Node starts that without its loader for modules. The entry must not
 * await at its top level.
 *
 * @throws {Error} with the bundler's words if something cannot be resolved.
 */
export async function bundleProgram(entry: string, file: string): Promise<void> {
  const bundle = await rolldown({
    cwd: ROOT,
    input: entry,
    platform: "node",
    resolve: { conditionNames: ["@muster/source", "node", "import", "require", "default"] },
    // What grpc-js loads for channelz and load reports, which nobody here asks for: a third of the file.
    external: ["@grpc/proto-loader"],
    // As the compiler builds for: the oldest Node that packages with this program take.
    transform: { target: "node22.15" },
    logLevel: "warn",
    onLog(level, log, handle) {
      // What is not found is left for run time, which is no place to find that out.
      if (log.code === "UNRESOLVED_IMPORT") throw new Error(`Cannot bundle ${entry} as ${log.message}`);
      handle(level, log);
    },
  });
  try {
    // Names stay, so that a stack trace still says where.
    const minify = { compress: true, mangle: false, codegen: { removeWhitespace: true } } as const;
    await bundle.write({ file, format: "cjs", minify });
  } finally {
    await bundle.close();
  }
}
