// A fault that is planted to see whether the checkers find it: a change of the sources' text, made as Node loads them. No
// planted fault stands in production code.
import { registerHooks } from "node:module";

export type Patch = {
  /** Path in the repository. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
};

export type PlantedFault = {
  readonly name: string;
  readonly patches: readonly Patch[];
};

/** From now on modules that are loaded carry the fault. Must be called before anything imports them. */
export function plant({ name, patches }: PlantedFault): void {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const here = patches.filter(({ file }) => url.endsWith(`/${file}`));
      if (here.length === 0 || loaded.source === undefined || loaded.source === null) return loaded;
      const text = typeof loaded.source === "string" ? loaded.source : new TextDecoder().decode(loaded.source);
      const source = here.reduce((before, patch) => applyPatch(before, patch, name), text);
      return { ...loaded, source };
    },
  });
}

function applyPatch(text: string, { file, find, replace }: Patch, name: string): string {
  const parts = text.split(find);
  if (parts.length !== 2)
    throw new Error(`Cannot plant "${name}" in ${file}: its place is found ${parts.length - 1} times`);
  return parts.join(replace);
}
