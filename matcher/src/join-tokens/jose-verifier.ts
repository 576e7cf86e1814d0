// Tokens verified by jose, as games do that verify them offline: what it takes is a token for everybody.
import { compactVerify, errors, importJWK } from "jose";
import type { VerifyToken } from "./read-join-token.ts";

export const verifyByJose: VerifyToken = async (token, publicKey) => {
  const key = await importJWK({ kty: "OKP", crv: "Ed25519", x: publicKey }, "EdDSA");
  try {
    const { payload } = await compactVerify(token, key, { algorithms: ["EdDSA"] });
    const claims: unknown = JSON.parse(new TextDecoder().decode(payload));
    const isObject = typeof claims === "object" && claims !== null && !Array.isArray(claims);
    return isObject ? (claims as Readonly<Record<string, unknown>>) : undefined;
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof SyntaxError) return undefined;
    throw error;
  }
};
