// The variables by which whoever calls a service says who they are.
import { type EnvironmentSpec, secretText } from "@muster/kit";

export const clientEnvironment = {
  MUSTER_KEY: {
    meaning: "What every call carries: a key that the services know by muster.json. Not set: nothing.",
    secret: true,
    parse: secretText,
  },
} as const satisfies EnvironmentSpec;
