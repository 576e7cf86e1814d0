// The project's own source files with what they import: what every tidy rule is asked about.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export type Source = {
  /** From the root, with forward slashes: "matcher/src/core/ticket.ts". */
  readonly path: string;
  /** First folder, or the first two under examples: "matcher", "examples/arena". */
  readonly place: string;
  readonly text: string;
  readonly imports: readonly string[];
};

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s(?:[^"';]*?\sfrom\s)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/g;

/** Every TypeScript file that git tracks or would track, generated code left out. */
export function readSources(): readonly Source[] {
  return listFiles(["*.ts"])
    .filter((path) => !path.startsWith("proto/gen/"))
    .map((path) => {
      const text = readFileSync(ROOT + path, "utf8");
      const imports = [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? "");
      return { path, place: placeOf(path), text, imports };
    });
}

/** Paths from the root of the files that git tracks, or would, by git's patterns. */
export function listFiles(patterns: readonly string[]): readonly string[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "--", ...patterns];
  const listed = execFileSync("git", args, { cwd: ROOT, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  // A file that is deleted and not staged is still listed.
  return listed.split("\n").filter((path) => path !== "" && existsSync(ROOT + path));
}

function placeOf(path: string): string {
  const [first = "", second = ""] = path.split("/");
  return first === "examples" ? `${first}/${second}` : first;
}
