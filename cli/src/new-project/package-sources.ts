// Where a new project has its packages from: by version from a registry, or from the tarballs that the running command was
// installed from, or would be packed to by `npm run pack` in its checkout. Whoever has them as files cannot ask a registry for them.
import { access, readFile } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

export type PackageSources = {
  /** By package name, what package.json asks for, as seen from the project. Empty: the version, of a registry. */
  readonly specs: Readonly<Record<string, string>>;
  /** The checkout in which `npm run pack` has to run first; undefined where nothing has to. */
  readonly packIn?: string;
};

const OURS = /^@muster\//;
const manifestSchema = z.looseObject({
  version: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
});

/**
 * `self`: a file of this command, in `…/node_modules/@muster/cli` or in `cli` of a checkout. `project`: the folder of the new project.
 *
 * @throws {Error} of the file system if the manifest beside what runs cannot be read.
 */
export async function findPackageSources(self: URL, project: string): Promise<PackageSources> {
  const path = fileURLToPath(self);
  const installed = path.lastIndexOf(`${sep}node_modules${sep}@muster${sep}cli${sep}`);
  if (installed >= 0) return { specs: await installedFrom(path.slice(0, installed), project) };
  const at = path.lastIndexOf(`${sep}cli${sep}src${sep}`);
  return at < 0 ? { specs: {} } : await packedFrom(path.slice(0, at), project);
}

/** What the folder above node_modules asks for by a path. */
async function installedFrom(host: string, project: string): Promise<PackageSources["specs"]> {
  const manifest = await readManifest(join(host, "package.json"));
  if (manifest === undefined) return {};
  const asked = Object.entries({ ...manifest.devDependencies, ...manifest.dependencies });
  return Object.fromEntries(
    asked
      .filter(([name, spec]) => OURS.test(name) && spec.startsWith("file:"))
      .map(([name, spec]) => [name, fileSpec(resolve(host, spec.slice("file:".length)), project)]),
  );
}

async function packedFrom(checkout: string, project: string): Promise<PackageSources> {
  const manifest = await readManifest(join(checkout, "cli", "package.json"));
  const names = ["@muster/cli", ...Object.keys(manifest?.dependencies ?? {}).filter((name) => OURS.test(name))];
  const tarballs = names.map((name) => ({
    name,
    path: join(checkout, "packed", `${name.slice(1).replace("/", "-")}-${manifest?.version}.tgz`),
  }));
  const there = await Promise.all(tarballs.map(({ path }) => isThere(path)));
  return {
    specs: Object.fromEntries(tarballs.map(({ name, path }) => [name, fileSpec(path, project)])),
    ...(there.every(Boolean) ? {} : { packIn: checkout }),
  };
}

/** Undefined where there is none. */
async function readManifest(path: string): Promise<z.output<typeof manifestSchema> | undefined> {
  if (!(await isThere(path))) return undefined;
  return manifestSchema.parse(JSON.parse(await readFile(path, "utf8")));
}

/** As npm writes it: relative, with forward slashes. */
function fileSpec(path: string, project: string): string {
  return `file:${relative(project, path).replaceAll("\\", "/")}`;
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
