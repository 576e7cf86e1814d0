// TLS material from files, read again when they change: certificates are renewed under a running service, and no connection ends.
import { readFileSync } from "node:fs";
import { type Clock, repeat } from "@muster/kit";
import { MusterError } from "../muster-error.ts";
import { checkMaterial, type TlsMaterial, type TlsSource } from "./tls-source.ts";

export type TlsPaths = {
  /** PEM of the certificate and of those between it and its authority. */
  readonly certificate?: string | undefined;
  /** PEM of its private key. Both or neither. */
  readonly privateKey?: string | undefined;
  /** PEM of authorities, or "system". */
  readonly authorities?: string | undefined;
};

/** How often the files are looked at, in ms. */
export const TLS_LOOK_MS = 5_000;

/**
 * What the files hold now. Undefined: none is named.
 *
 * @throws {MusterError} CONFIG_INVALID naming the file, for one that cannot be read, holds something else, or goes not with the other.
 */
export function readTlsFiles(paths: TlsPaths): TlsMaterial | undefined {
  const { certificate, privateKey, authorities } = paths;
  if ((certificate === undefined) !== (privateKey === undefined)) {
    const [has, lacks] = certificate === undefined ? ["key", "certificate"] : ["certificate", "key"];
    throw refusal(certificate ?? privateKey ?? "", `a ${has}: a ${lacks} goes with it, and none is named`);
  }
  if (certificate === undefined && authorities === undefined) return undefined;
  const material: TlsMaterial = {
    ...(certificate !== undefined &&
      privateKey !== undefined && { identity: { certificate: read(certificate), privateKey: read(privateKey) } }),
    ...(authorities !== undefined && { authorities: authorities === "system" ? "system" : read(authorities) }),
  };
  try {
    checkMaterial(material);
  } catch (error) {
    const files = [certificate, privateKey, authorities].filter((path) => path !== undefined).join(", ");
    throw refusal(files, `a certificate, its key and authorities in PEM: ${String(error)}`, error);
  }
  return material;
}

export type TlsFiles = TlsSource & AsyncDisposable;

export type WatchTlsOptions = {
  readonly clock: Clock;
  /** Told of new material, and of files that cannot be used now: what was read before goes on. */
  readonly onLook: (outcome: { readonly changed: TlsMaterial } | { readonly problem: unknown }) => void;
};

/** As `readTlsFiles`, and looks for changes until it is disposed. Undefined: no file is named. */
export function watchTlsFiles(paths: TlsPaths, { clock, onLook }: WatchTlsOptions): TlsFiles | undefined {
  const first = readTlsFiles(paths);
  if (!first) return undefined;
  let present = first;
  let told = "";
  const listeners = new Set<(material: TlsMaterial) => void>();

  const look = () => {
    try {
      const next = readTlsFiles(paths);
      told = "";
      if (!next || isSame(next, present)) return;
      present = next;
      for (const listener of listeners) listener(next);
      onLook({ changed: next });
    } catch (problem) {
      // Certificate and key change one after the other. Said once each time that something else is wrong.
      if (String(problem) !== told) onLook({ problem });
      told = String(problem);
    }
  };
  const looking = repeat({ clock, everyMs: TLS_LOOK_MS }, look);

  return {
    get present() {
      return present;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    [Symbol.asyncDispose]: () => looking[Symbol.asyncDispose](),
  };
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw refusal(path, `a file: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

function refusal(path: string, rule: string, cause?: unknown): MusterError {
  return new MusterError("CONFIG_INVALID", `Cannot read ${path} as ${rule}`, { metadata: { path }, cause });
}

function isSame(a: TlsMaterial, b: TlsMaterial): boolean {
  const bytes = ({ identity, authorities }: TlsMaterial) =>
    Buffer.concat([
      ...(identity ? [identity.certificate, identity.privateKey] : []),
      Buffer.from(authorities ?? "none"),
    ]);
  return bytes(a).equals(bytes(b));
}
