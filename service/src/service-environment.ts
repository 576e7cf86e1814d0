// The variables that every service process of Muster reads, and how they are read: a bad one ends the start with exit 2.
import { type EnvironmentSpec, flag, oneOf, text, wholeNumber } from "@muster/kit";
import { limits } from "@muster/proto";
import { tlsEnvironment } from "@muster/proto/grpc";

export const serviceEnvironment = {
  MUSTER_CONFIG: { meaning: "Path of muster.json.", fallback: "muster.json", parse: text },
  MUSTER_DATA: { meaning: "Folder of the journal and the logs of processes.", fallback: ".muster", parse: text },
  MUSTER_JOURNAL: {
    meaning: "How the journal is kept: sqlite, a SQLite file, or file, a folder of plain files; see docs/journal.md.",
    fallback: "sqlite",
    parse: oneOf("sqlite", "file"),
  },
  MUSTER_LOG_LEVEL: {
    meaning: "Least level that is logged: debug, info, warn, error or silent.",
    fallback: "info",
    parse: oneOf("debug", "info", "warn", "error", "silent"),
  },
  MUSTER_TAKE_OVER: {
    meaning: "Take the journal over from an owner whose lease is fresh: true or false.",
    fallback: "false",
    parse: flag,
  },
  MUSTER_LEASE_MS: {
    meaning:
      "How long an owner of the journal that says nothing keeps it, in ms: after so long another may take it over unasked.",
    fallback: "10000",
    parse: wholeNumber(500, 600_000),
  },
  MUSTER_SNAPSHOT_FACTS: {
    meaning:
      "Facts after which the whole state is written down anew, which is how many a start folds at most, about. Not set: as the service thinks best.",
    parse: wholeNumber(1, 1_000_000_000),
  },
  MUSTER_UNSAFE_LISTEN: {
    meaning:
      "Listen where other machines reach it though it is plain text or open to everybody: true or false. --unsafe-listen sets it.",
    fallback: "false",
    parse: flag,
  },
  MUSTER_GRPC_CONNECTIONS_MAX: {
    meaning: "Connections to the gRPC port at a time. More are refused, those that ask about health excepted.",
    fallback: String(limits.GRPC_CONNECTIONS_MAX),
    parse: wholeNumber(1, 1_000_000),
  },
  ...tlsEnvironment,
  MUSTER_LIFELINE_FD: {
    meaning: "File descriptor of a pipe whose end tells that the supervisor is gone. Set by the supervisor.",
    parse: wholeNumber(3, 1_000),
  },
} as const satisfies EnvironmentSpec;
