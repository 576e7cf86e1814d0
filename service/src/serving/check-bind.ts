// What a service may listen on: off this machine only with encryption and with keys, unless somebody says that they know better.
import { isLocalAddress, MusterError } from "@muster/proto";
import type { Log } from "../log.ts";

export type Listener = {
  /** The variable that names it, for messages. */
  readonly variable: string;
  /** "host:port" or "unix:/path". */
  readonly address: string;
  readonly isEncrypted: boolean;
  /** Whether callers are asked who they are. */
  readonly asksForKeys: boolean;
  /** Listen all the same. */
  readonly isUnsafeAllowed: boolean;
};

/**
 * The address, if it may be listened on. One that is unsafe and allowed is, with a warning in the log at each start.
 *
 * @throws {MusterError} CONFIG_INVALID for one that other machines reach in plain text, or without a key.
 */
export function checkBind(listener: Listener, log: Log): string {
  const { variable, address, isEncrypted, asksForKeys, isUnsafeAllowed } = listener;
  if (isLocalAddress(address) || (isEncrypted && asksForKeys)) return address;
  const lacks = [
    ...(isEncrypted ? [] : ["whatever is said there, keys and player sessions too, is in plain text"]),
    ...(asksForKeys ? [] : ["whoever reaches it may call everything"]),
  ].join(", and ");
  if (isUnsafeAllowed) {
    log.warn({ address, variable }, `UNSAFE: other machines reach this address, and ${lacks}`);
    return address;
  }
  const rule = `other machines reach it and ${lacks}`;
  const cure = "Set MUSTER_TLS_CERT, MUSTER_TLS_KEY and keys in muster.json, or say --unsafe-listen";
  throw new MusterError("CONFIG_INVALID", `Cannot listen on ${variable}=${address} as ${rule}. ${cure}`, {
    metadata: { path: variable },
  });
}
