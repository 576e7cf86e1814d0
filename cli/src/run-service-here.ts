// `muster matcher`, `muster fleet` and `muster sidecar`: the service's own main, in this process.
import { dirname } from "node:path";
import { searchPathWith } from "./stack/search-path.ts";
import { serviceEntry } from "./stack/service-entry.ts";

/** Sets the variables that are given and hands over to the service's main, which ends the process itself. */
export async function runServiceHere(
  name: "matcher" | "mock-fleet" | "sidecar",
  variables: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
): Promise<void> {
  for (const [variable, value] of Object.entries(variables)) {
    if (value !== undefined) process.env[variable] = value;
  }
  process.env.PATH = searchPathWith(dirname(process.execPath), process.env.PATH);
  const entry = serviceEntry(name);
  process.argv = [process.execPath, entry.pathname, ...args];
  const entered: { main?: (args: readonly string[]) => Promise<void> } = await import(entry.href);
  // A main that others import too runs only when it is told to.
  await entered.main?.(args);
}
