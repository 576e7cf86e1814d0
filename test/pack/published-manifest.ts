// What a package says of itself once it is published: its package.json without what serves this checkout alone.
import { z } from "zod";

const conditions = z.record(z.string(), z.string());

/** What we rely on in a package.json of ours; everything else passes through. */
export const manifestSchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  exports: z.record(z.string(), conditions),
  dependencies: z.record(z.string(), z.string()).default({}),
});

export type Manifest = z.output<typeof manifestSchema>;

const SOURCE_CONDITION = "@muster/source";
/** Fields that mean nothing, or something else, to whoever installs the package. */
const OWN_FIELDS = ["private", "scripts", "devDependencies"];

/**
 * The manifest to publish. The condition that leads to the sources is gone: a tarball has none, so a process that was
 * started with that condition would find nothing.
 */
export function publishedManifest(manifest: Manifest): Manifest {
  const exports = Object.entries(manifest.exports).map(([entry, targets]) => {
    const kept = Object.entries(targets).filter(([condition]) => condition !== SOURCE_CONDITION);
    return [entry, Object.fromEntries(kept)];
  });
  const fields = Object.entries(manifest).filter(([field]) => !OWN_FIELDS.includes(field));
  return manifestSchema.parse({ ...Object.fromEntries(fields), exports: Object.fromEntries(exports) });
}

/** Paths of the sources behind the public entries: "./src/index.ts". */
export function sourceEntries({ name, exports }: Manifest): readonly string[] {
  return Object.entries(exports).map(([entry, targets]) => {
    const source = targets[SOURCE_CONDITION];
    if (source === undefined) {
      throw new Error(`Cannot build ${name} as its entry "${entry}" names no source: add "${SOURCE_CONDITION}"`);
    }
    return source;
  });
}

/** What a user imports: "@muster/sdk", "@muster/sdk/backend". */
export function entryNames({ name, exports }: Manifest): readonly string[] {
  return Object.keys(exports).map((entry) => name + entry.slice(1));
}
