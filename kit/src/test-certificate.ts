// Certificates for tests, made on the spot: none lies in the repository to expire there, and no other program is needed.
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

export type TestCertificate = { readonly certificate: Buffer; readonly privateKey: Buffer };

export type CertificateSpec = {
  readonly commonName: string;
  /** IPv4 addresses and names of hosts that it is good for. */
  readonly hosts?: readonly string[];
  /** Who signs it. Default: itself, as an authority. */
  readonly by?: TestAuthority;
  /** Default: a day ago, and a day from now. */
  readonly validFrom?: Date;
  readonly validTo?: Date;
};

export type TestAuthority = TestCertificate & { readonly commonName: string };

const DAY_MS = 86_400_000;

/** A certificate with a key of its own, both as PEM. */
export function makeCertificate(spec: CertificateSpec, nowMs: number): TestAuthority {
  const { commonName, hosts = [], by } = spec;
  const { validFrom = new Date(nowMs - DAY_MS), validTo = new Date(nowMs + DAY_MS) } = spec;
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signer: KeyObject = by ? createPrivateKey(by.privateKey) : privateKey;
  const alternatives = sequence(...hosts.map(alternativeName));
  const extensions = sequence(
    // What it may do: sign others, or not.
    sequence(oid("551d13"), octets(by ? sequence() : sequence(der(0x01, [0xff])))),
    ...(hosts.length > 0 ? [sequence(oid("551d11"), octets(alternatives))] : []),
  );
  const body = sequence(
    der(0xa0, integer([2])), // Version 3.
    integer([0x01, ...randomBytes(8)]),
    ECDSA_SHA256,
    name(by?.commonName ?? commonName),
    sequence(time(validFrom), time(validTo)),
    name(commonName),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, extensions),
  );
  const signature = sign("sha256", body, signer);
  const whole = sequence(body, ECDSA_SHA256, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  return {
    commonName,
    certificate: Buffer.from(pem("CERTIFICATE", whole)),
    privateKey: Buffer.from(privateKey.export({ type: "pkcs8", format: "pem" })),
  };
}

function der(tag: number, content: Buffer | readonly number[]): Buffer {
  const bytes = Buffer.from(content);
  const size = bytes.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), bytes]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, Buffer.concat(parts));
const integer = (bytes: readonly number[]): Buffer => der(0x02, bytes);
const octets = (content: Buffer): Buffer => der(0x04, content);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, "hex"));
const ECDSA_SHA256 = sequence(oid("2a8648ce3d040302"));

function name(commonName: string): Buffer {
  return sequence(der(0x31, sequence(oid("550403"), der(0x0c, Buffer.from(commonName)))));
}

function time(at: Date): Buffer {
  return der(0x18, Buffer.from(`${at.toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`));
}

function alternativeName(host: string): Buffer {
  if (/^[\d.]+$/.test(host)) return der(0x87, host.split(".").map(Number));
  return der(0x82, Buffer.from(host));
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
