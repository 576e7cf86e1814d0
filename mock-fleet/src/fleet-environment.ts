// The variables that the mock fleet reads.
import { type EnvironmentSpec, flag, text, wholeNumber } from "@muster/kit";
import { httpEnvironment, parseHttpBind, serviceEnvironment } from "@muster/service";

export const fleetEnvironment = {
  ...serviceEnvironment,
  ...httpEnvironment,
  MUSTER_FLEET_BIND: {
    meaning: "Address to serve FleetService, HostService and MockFleetService on.",
    fallback: "127.0.0.1:7420",
    parse: text,
  },
  MUSTER_FLEET_HTTP: {
    meaning:
      'Address to serve the same on as JSON over HTTP; "off" for not at all. Not set: 127.0.0.1:7421 where gRPC listens on its default, else off.',
    parse: parseHttpBind,
  },
  MUSTER_FLEET_ENDPOINT: {
    meaning: "The fleet's address as its sidecars reach it. Not set: where it listens.",
    parse: text,
  },
  MUSTER_FLEET_DEBUG: {
    meaning:
      "Servers of all fleets are debugged: their health is not judged, and nothing of them times out: true or false.",
    fallback: "false",
    parse: flag,
  },
  MUSTER_FLEET_WATCHED: {
    meaning:
      "What servers are started of is being changed: after a start that failed a fleet starts nothing until RestartServers is called: true or false.",
    fallback: "false",
    parse: flag,
  },
  MUSTER_ORPHAN_GRACE_MS: {
    meaning: "How long games wait for a lost supervisor to return before they end, in ms. Handed on to sidecars.",
    fallback: "60000",
    parse: wholeNumber(0, 3_600_000),
  },
  MUSTER_MATCHERS: {
    meaning:
      "Matchers that backfill commands may go to, as hosts or addresses with commas between. Empty: any on loopback. Handed on to sidecars.",
    fallback: "",
    parse: text,
  },
} as const satisfies EnvironmentSpec;
