// From the sources to tarballs, away from the checkout: one run of tsc over everything that the public entries reach, then
// one folder a package with its part of the output, the sidecar also as one file, then `npm pack`. Tests and their fixtures are left out because no entry
// imports them; nothing has to name them.
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { bundleProgram } from "./bundle-program.ts";
import { npm, runProgram } from "./programs.ts";
import { entryNames, type Manifest, manifestSchema, publishedManifest, sourceEntries } from "./published-manifest.ts";
import { exists, filesUnder } from "./tree.ts";

/** The packages that users install, as the import table orders them. */
const PUBLISHED = ["kit", "proto", "journal", "service", "rules", "sdk", "sidecar", "mock-fleet", "matcher", "cli"];

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** What runs beside every game is one file as well: dist/main.cjs, which its command in bin/ starts. */
const BUNDLED = "sidecar";
/** It brings along what editors know the files of new projects by. */
const COMMAND = "cli";
const SCHEMAS = ["muster.schema.json", "rule-set.schema.json", "population.schema.json"];
/** Run by path, not imported: what a service starts as, and threads. */
const RUN_BY_PATH = /(?:^main|-worker)\.ts$/;
const PACK_MS = 60_000;
const COMPILE_MS = 120_000;

/** As `npm pack --json` tells it. */
const packedSchema = z.array(
  z.object({
    name: z.string(),
    filename: z.string(),
    size: z.number(),
    unpackedSize: z.number(),
    files: z.array(z.object({ path: z.string() })),
  }),
);

export type Packed = {
  readonly manifest: Manifest;
  /** Absolute path of the tarball. */
  readonly tarball: string;
  readonly tarballBytes: number;
  readonly unpackedBytes: number;
  /** Paths inside the package. */
  readonly files: readonly string[];
};

type Package = { readonly folder: string; readonly manifest: Manifest };

/**
 * Makes the tarball of every published package in `folder`, which is made if it is not there. Nothing else in the checkout
 * changes.
 *
 * @throws {Error} with the compiler's or npm's words if one of them refuses.
 */
export async function packPackages(folder: string): Promise<readonly Packed[]> {
  const packages = await Promise.all(PUBLISHED.map(readPackage));
  const work = await mkdtemp(join(tmpdir(), "muster-pack-"));
  try {
    await compile(packages, join(work, "built"), work);
    const staged = packages.map((one) => join(work, "staged", one.folder));
    await Promise.all(packages.map((one, index) => stage(one, join(work, "built", one.folder), staged[index] ?? "")));
    await mkdir(folder, { recursive: true });
    const args = ["pack", ...staged, "--json", "--pack-destination", resolve(folder)];
    const { out } = await runProgram(npm(args), { cwd: work, env: process.env, withinMs: PACK_MS });
    const packed = packedSchema.parse(JSON.parse(out));
    return packages.map(({ manifest }) => describe(manifest, packed, folder));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function readPackage(folder: string): Promise<Package> {
  const text = await readFile(join(ROOT, folder, "package.json"), "utf8");
  return { folder, manifest: manifestSchema.parse(JSON.parse(text)) };
}

/** One program for all packages: what is checked together is built together, and no package waits for another. */
async function compile(packages: readonly Package[], outDir: string, work: string): Promise<void> {
  const files = await Promise.all(packages.map(entryFiles));
  const config = {
    extends: join(ROOT, "tsconfig.base.json"),
    compilerOptions: {
      rootDir: ROOT,
      outDir,
      declaration: true,
      typeRoots: [join(ROOT, "node_modules/@types")],
      // Found through node_modules our packages would count as somebody else's, whose sources the compiler checks but does
      // not write; which of the two a file is, when it is reached both ways, depends on the order of its threads.
      paths: Object.fromEntries(packages.flatMap(sourcePaths)),
    },
    files: files.flat(),
  };
  const project = join(work, "tsconfig.json");
  await writeFile(project, JSON.stringify(config));
  const tsc = [process.execPath, join(ROOT, "node_modules/typescript/bin/tsc"), "-p", project];
  await runProgram(tsc, { cwd: ROOT, env: process.env, withinMs: COMPILE_MS });
  await importsAreThere(outDir);
}

function sourcePaths({ folder, manifest }: Package): readonly (readonly [string, readonly string[]])[] {
  const sources = sourceEntries(manifest);
  return entryNames(manifest).map((name, index) => [name, [join(ROOT, folder, sources[index] ?? "")]]);
}

/** Holds the compiler to its own words: what a built file imports by path was built too, with its types. */
async function importsAreThere(outDir: string): Promise<void> {
  const built = new Set(await filesUnder(outDir));
  const missing = new Set<string>();
  for (const path of [...built].filter((one) => one.endsWith(".js"))) {
    const text = await readFile(join(outDir, path), "utf8");
    for (const [, to = ""] of text.matchAll(/(?:\bfrom |\bimport\(|^import )"(\.{1,2}\/[^"]+)"/gm)) {
      const target = join(dirname(path), to);
      for (const needed of [target, target.replace(/\.js$/, ".d.ts")]) if (!built.has(needed)) missing.add(needed);
    }
  }
  if (missing.size > 0) throw new Error(`Cannot pack what tsc built as it left out ${[...missing].join(", ")}`);
}

async function entryFiles({ folder, manifest }: Package): Promise<readonly string[]> {
  const sources = await filesUnder(join(ROOT, folder, "src"));
  const byPath = sources.filter((path) => RUN_BY_PATH.test(path)).map((path) => join(ROOT, folder, "src", path));
  return [...sourceEntries(manifest).map((source) => join(ROOT, folder, source)), ...byPath];
}

/** The folder that is packed: manifest, licence, what was built, and the plain JavaScript of `bin`. */
async function stage({ folder, manifest }: Package, built: string, staged: string): Promise<void> {
  await mkdir(staged, { recursive: true });
  await writeFile(join(staged, "package.json"), `${JSON.stringify(publishedManifest(manifest), undefined, 2)}\n`);
  await cp(join(ROOT, "LICENSE"), join(staged, "LICENSE"));
  const hasGenerated = await exists(join(built, "gen"));
  // A package whose entries reach beside src keeps both folders, so that its relative imports hold.
  await cp(hasGenerated ? built : join(built, "src"), join(staged, "dist"), { recursive: true });
  if (folder === BUNDLED) await bundleProgram(join(ROOT, folder, "src/main.ts"), join(staged, "dist/main.cjs"));
  for (const extra of ["bin", "README.md"]) {
    const path = join(ROOT, folder, extra);
    if (await exists(path)) await cp(path, join(staged, extra), { recursive: true });
  }
  if (folder !== COMMAND) return;
  for (const name of SCHEMAS) await cp(join(ROOT, "docs/reference", name), join(staged, "schema", name));
}

function describe(manifest: Manifest, packed: z.output<typeof packedSchema>, folder: string): Packed {
  const one = packed.find(({ name }) => name === manifest.name);
  if (!one) throw new Error(`Cannot find the tarball of ${manifest.name} as npm pack does not name it`);
  return {
    manifest: publishedManifest(manifest),
    tarball: resolve(folder, one.filename),
    tarballBytes: one.size,
    unpackedBytes: one.unpackedSize,
    files: one.files.map(({ path }) => path),
  };
}
