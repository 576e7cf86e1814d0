// The variables by which whoever calls a service says who they are.
import { type Environment, type EnvironmentSpec, secretText, text } from "@muster/kit";
import type { TlsPaths } from "../tls/tls-files.ts";

/** One certificate a process: it shows it to whomever it calls, and a service to whoever calls it. */
export const tlsEnvironment = {
  MUSTER_TLS_CERT: {
    meaning: "PEM file of the certificate that this process shows, and of those between it and its authority.",
    parse: text,
  },
  MUSTER_TLS_KEY: { meaning: "PEM file of the certificate's private key.", parse: text },
  MUSTER_TLS_CA: {
    meaning:
      'PEM file of the authorities whose certificates count, or "system". Set: whatever this process calls over TCP it calls by TLS.',
    parse: text,
  },
} as const satisfies EnvironmentSpec;

/** The files that the variables of `tlsEnvironment` name. */
export function tlsPathsOf(env: Environment<typeof tlsEnvironment>): TlsPaths {
  return { certificate: env.MUSTER_TLS_CERT, privateKey: env.MUSTER_TLS_KEY, authorities: env.MUSTER_TLS_CA };
}

/** For those who may speak for more than one. */
export const projectEnvironment = {
  MUSTER_PROJECT: {
    meaning: "The project that every call speaks for, where the key allows more than one. Not set: that of the key.",
    parse: text,
  },
} as const satisfies EnvironmentSpec;

export const clientEnvironment = {
  ...tlsEnvironment,
  MUSTER_KEY: {
    meaning: "What every call carries: a key that the services know by muster.json. Not set: nothing.",
    secret: true,
    parse: secretText,
  },
} as const satisfies EnvironmentSpec;
