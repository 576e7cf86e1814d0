// Which matchers a game's backfill commands may go to: a session's document names an endpoint, and a sidecar that called
// whatever it was told would be anybody's way into its network.
import { isLocalAddress } from "@muster/proto";

/** Whether `endpoint` ("host:port" or "unix:/path") is allowed: by its host, by itself, or, with an empty list, on loopback. */
export function isMatcherAllowed(endpoint: string, allowed: readonly string[]): boolean {
  const host = endpoint.slice(0, endpoint.lastIndexOf(":"));
  if (allowed.length === 0) return isLocalAddress(endpoint);
  return allowed.includes(endpoint) || allowed.includes(host);
}
