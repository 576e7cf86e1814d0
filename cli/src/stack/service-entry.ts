// Where the main file of a service is: beside its public entry, as source in a checkout and as JavaScript when installed.

/** The file to run for a service. */
export function serviceEntry(name: "matcher" | "mock-fleet" | "sidecar"): URL {
  const entry = import.meta.resolve(`@muster/${name}`);
  return new URL(entry.endsWith(".ts") ? "./main.ts" : "./main.js", entry);
}

/** Flags for Node to run such a file: sources need their condition, which nothing else inherits. */
export function nodeFlags(entry: URL): readonly string[] {
  return entry.pathname.endsWith(".ts") ? ["--conditions=@muster/source"] : [];
}
