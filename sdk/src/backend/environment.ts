// The variables that a game backend's SDK reads.
import { type EnvironmentSpec, text } from "@muster/kit";
import { clientEnvironment, projectEnvironment } from "@muster/proto/grpc";

export const backendEnvironment = {
  MUSTER_MATCHER: {
    meaning: 'Address of the matcher\'s gRPC server as the backend reaches it: "host:port" or "unix:/path".',
    fallback: "127.0.0.1:7410",
    parse: text,
  },
  ...clientEnvironment,
  ...projectEnvironment,
} as const satisfies EnvironmentSpec;

/** For what is asked of the fleet. */
export const fleetClientEnvironment = {
  MUSTER_FLEET_ADDRESS: {
    meaning: 'Address of the fleet\'s gRPC server as the backend reaches it: "host:port" or "unix:/path".',
    fallback: "127.0.0.1:7420",
    parse: text,
  },
  ...clientEnvironment,
} as const satisfies EnvironmentSpec;
