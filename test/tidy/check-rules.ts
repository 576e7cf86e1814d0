// Prints every remark about the sources, one a line; exit 1 if there is one. Run by `npm run check`.
import { findRemarks } from "./rules.ts";
import { readSources } from "./sources.ts";

const remarks = findRemarks(readSources());
for (const { path, line, says } of remarks) console.log(`${path}:${line} ${says}`);
process.exitCode = remarks.length > 0 ? 1 : 0;
