// Where the main file of a service is: beside its public entry, as source in a checkout and as JavaScript when installed.

// Literal names, so that tools see what this package depends on.
const ENTRIES = {
  matcher: () => import.meta.resolve("@muster/matcher"),
  "mock-fleet": () => import.meta.resolve("@muster/mock-fleet"),
  sidecar: () => import.meta.resolve("@muster/sidecar"),
} as const;

/** The file to run for a service. */
export function serviceEntry(name: keyof typeof ENTRIES): URL {
  const entry = ENTRIES[name]();
  return new URL(entry.endsWith(".ts") ? "./main.ts" : "./main.js", entry);
}

/** Flags for Node to run such a file: sources need their condition, which nothing else inherits. */
export function nodeFlags(entry: URL): readonly string[] {
  return entry.pathname.endsWith(".ts") ? ["--conditions=@muster/source"] : [];
}
