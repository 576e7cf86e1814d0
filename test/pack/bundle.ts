// `node -C @muster/source test/pack/bundle.ts ENTRY FILE`: the program of ENTRY as one file. For benchmarks.
import { bundleProgram } from "./bundle-program.ts";

const [entry, file] = process.argv.slice(2);
if (entry === undefined || file === undefined) throw new Error("Cannot bundle without an entry and a file to write");
await bundleProgram(entry, file);
