// The variables of the matcher's process.
import { type EnvironmentSpec, list, secretText, text } from "@muster/kit";
import { parseAddress } from "@muster/proto/grpc";
import { httpEnvironment, parseHttpBind, serviceEnvironment } from "@muster/service";
import { createDialRules } from "./events/dial-rules.ts";

const networks = (value: string): readonly string[] => {
  const all = list(value);
  try {
    createDialRules(all);
  } catch {
    throw new Error("it must be networks such as 10.0.0.0/8, with commas between them");
  }
  return all;
};

const address = (value: string): string => {
  try {
    return parseAddress("address", value);
  } catch {
    throw new Error('it must be "host:port" or "unix:/path"');
  }
};

export const matcherEnvironment = {
  ...serviceEnvironment,
  ...httpEnvironment,
  MUSTER_MATCHER_BIND: {
    meaning: "Where the matcher listens for gRPC, as host:port. Port 0: any free one.",
    fallback: "127.0.0.1:7410",
    parse: address,
  },
  MUSTER_MATCHER_HTTP: {
    meaning:
      'Where the matcher listens for JSON over HTTP; "off" for not at all. Not set: 127.0.0.1:7411 where gRPC listens on its default, else off.',
    parse: parseHttpBind,
  },
  MUSTER_MATCHER_ENDPOINT: {
    meaning: "The matcher's address as sidecars reach it. Not set: where it listens.",
    parse: address,
  },
  MUSTER_MATCHER_OWNER: {
    meaning: "Whom the fleet knows this matcher's placements by; the same after each restart.",
    fallback: "matcher",
    parse: text,
  },
  MUSTER_FLEET_ADDRESS: {
    meaning: "Address of the fleet's gRPC server, as host:port.",
    fallback: "127.0.0.1:7420",
    parse: address,
  },
  MUSTER_FLEET_KEY: {
    meaning: "What the matcher's calls to the fleet carry: a key of the role MATCHER. Not set: nothing.",
    secret: true,
    parse: secretText,
  },
  MUSTER_EVENT_NETWORKS: {
    meaning:
      "Networks that are not public and that events may be pushed to and hooks called at all the same, over plain HTTP too, such as 127.0.0.0/8,10.1.0.0/16. Not set: none.",
    fallback: "",
    parse: networks,
  },
} as const satisfies EnvironmentSpec;
