// The variables that a game's SDK reads. A sidecar that starts the game sets both.
import { type EnvironmentSpec, text } from "@muster/kit";

export const gameEnvironment = {
  MUSTER_SIDECAR: {
    meaning: 'Address of the sidecar as the game reaches it: "host:port" or "unix:/path".',
    fallback: "127.0.0.1:7430",
    parse: text,
  },
  MUSTER_SIDECAR_TOKEN: {
    meaning: "What every call of the game to its sidecar carries. Empty where the sidecar asks for none.",
    secret: true,
    parse: text,
  },
} as const satisfies EnvironmentSpec;
