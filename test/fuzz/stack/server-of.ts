// Which server of the stack has a method.
import type { ServerName } from "./probe.ts";

/** The server that answers calls of this path. */
export function serverOf(path: string): ServerName {
  if (path.startsWith("/muster.matchmaking.")) return "matcher";
  return path.startsWith("/muster.sdk.") ? "sidecar" : "fleet";
}
