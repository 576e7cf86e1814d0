// Inputs that are kept: one file each, under the name of their target. What was found once is tried first ever after.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readInput, writeInput } from "./input-text.ts";

const CORPUS = fileURLToPath(new URL("./corpus/", import.meta.url));
const FINDINGS = fileURLToPath(new URL("./findings/", import.meta.url));

/** The kept inputs of a target, in the order of their files' names. */
export function readCorpus(target: string): readonly unknown[] {
  const folder = `${CORPUS}${target}`;
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .toSorted()
    .map((file) => readInput(readFileSync(`${folder}/${file}`, "utf8")));
}

/** Writes an input where git does not look; whoever has mended its fault moves it to the corpus. Returns the path. */
export function keepFinding(target: string, input: unknown): string {
  const text = writeInput(input);
  const path = `${FINDINGS}${target}-${createHash("sha256").update(text).digest("hex").slice(0, 8)}.json`;
  mkdirSync(FINDINGS, { recursive: true });
  writeFileSync(path, text);
  return path;
}
