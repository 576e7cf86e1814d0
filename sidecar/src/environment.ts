// The variables that a sidecar reads. Those that it hands to its game stand in `gameEnvironment` of game-process.ts.
import { type EnvironmentSpec, list, oneOf, text, wholeNumber } from "@muster/kit";
import { clientEnvironment } from "@muster/proto/grpc";

export const sidecarEnvironment = {
  MUSTER_FLEET_ADDRESS: {
    meaning: "Address of the fleet's gRPC server.",
    fallback: "127.0.0.1:7420",
    parse: text,
  },
  MUSTER_PROCESS_ID: { meaning: "Id that the fleet gave to this server process.", parse: text },
  MUSTER_INCARNATION: {
    meaning: "Run of the server process under its id, from 1.",
    fallback: "1",
    parse: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  },
  MUSTER_PROCESS_SECRET: { meaning: "What proves to the fleet that this is that process.", secret: true, parse: text },
  ...clientEnvironment,
  MUSTER_FLEET: { meaning: "Name of the fleet that the process belongs to.", fallback: "", parse: text },
  MUSTER_REGION: { meaning: "Region of the fleet.", fallback: "", parse: text },
  MUSTER_SIDECAR_BIND: {
    meaning:
      "Address to serve the game on, on this machine only: host:port or unix:/path. Default: a free loopback port for a game that the sidecar starts, else 127.0.0.1:7430.",
    parse: text,
  },
  MUSTER_SIDECAR_HTTP: {
    meaning:
      'Address to serve the game on with JSON over HTTP; "off" for not at all. Default: a free loopback port for a game that the sidecar starts, else 127.0.0.1:7431.',
    parse: text,
  },
  MUSTER_SIDECAR_TOKEN: {
    meaning:
      "What the game's calls must carry. Drawn for a game that the sidecar starts; else empty, which asks for none.",
    secret: true,
    parse: text,
  },
  MUSTER_PROCESS_LOG: {
    meaning: "File that gets the output of the game. Default: the sidecar's own output.",
    parse: text,
  },
  MUSTER_ORPHAN_GRACE_MS: {
    meaning: "How long to wait for a lost supervisor to return before the game is ended, in ms.",
    fallback: "60000",
    parse: wholeNumber(0, 3_600_000),
  },
  MUSTER_MATCHERS: {
    meaning:
      "Matchers that backfill commands may go to, as hosts or addresses with commas between. Empty: any on loopback.",
    fallback: "",
    parse: list,
  },
  MUSTER_LOG_LEVEL: {
    meaning: "Least level that is logged: debug, info, warn, error or silent.",
    fallback: "info",
    parse: oneOf("debug", "info", "warn", "error", "silent"),
  },
  MUSTER_LIFELINE_FD: {
    meaning: "File descriptor of a pipe whose end tells that the supervisor is gone. Set by the supervisor.",
    parse: wholeNumber(3, 1_000),
  },
} as const satisfies EnvironmentSpec;
