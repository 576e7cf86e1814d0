// What a process shows and trusts when it talks TLS, and how those who use it hear that it has changed.

import { X509Certificate } from "node:crypto";
import { createSecureContext, getCACertificates, type SecureContextOptions } from "node:tls";

export type TlsMaterial = {
  /** What it shows: its certificate and those between it and an authority, as PEM, with the private key. Absent: nothing. */
  readonly identity?: { readonly certificate: Buffer; readonly privateKey: Buffer } | undefined;
  /** Whose certificates it trusts, as PEM; "system": those that this machine trusts. Absent: it calls in plain text. */
  readonly authorities?: Buffer | "system" | undefined;
};

export interface TlsSource {
  readonly present: TlsMaterial;
  /** Called with the new material after each change. The function that it answers stops that. */
  onChange(listener: (material: TlsMaterial) => void): () => void;
}

/** Material that stays as it is. */
export function fixedTls(present: TlsMaterial): TlsSource {
  return { present, onChange: () => () => undefined };
}

/** What Node's TLS is given. Nothing below TLS 1.2 is spoken. */
export function contextOptions({ identity, authorities }: TlsMaterial): SecureContextOptions {
  return {
    minVersion: "TLSv1.2",
    ...(identity && { cert: identity.certificate, key: identity.privateKey }),
    ...(authorities !== undefined && authorities !== "system" && { ca: authorities }),
  };
}

/** The authorities as PEM, the system's too. */
export function authoritiesOf({ authorities }: TlsMaterial): Buffer {
  return authorities === undefined || authorities === "system"
    ? Buffer.from(getCACertificates("default").join("\n"))
    : authorities;
}

/**
 * What a server says of its callers' certificates: asked for where this process names authorities of its own, never demanded. Who
 * shows none that counts is known by a key, or by nothing.
 */
export function asksForCertificates({ authorities }: TlsMaterial): { requestCert: boolean; rejectUnauthorized: false } {
  return { requestCert: authorities instanceof Buffer, rejectUnauthorized: false };
}

/** @throws {Error} in OpenSSL's words, for what is no certificate, no key, or not the key of the certificate. */
export function checkMaterial(material: TlsMaterial): void {
  createSecureContext(contextOptions(material));
}

/** When the certificate that is shown ends, in ms since 1970. Undefined: none is shown. */
export function validUntilMs({ identity }: TlsMaterial): number | undefined {
  return identity && new X509Certificate(identity.certificate).validToDate.getTime();
}

/** The common name of a certificate that Node has read, where it has just one. */
export function commonNameOf(certificate: { readonly subject?: { readonly CN?: string | string[] } } | undefined) {
  const name = certificate?.subject?.CN;
  return typeof name === "string" ? name : undefined;
}
