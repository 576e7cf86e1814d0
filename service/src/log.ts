// Structured logs of a service process: one JSON object a line on standard error, secrets never in them.
import pino from "pino";

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

/** What a service may do with its log; a test puts an array behind it. */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/** Values that say what happened to whom. An Error goes under `error`; a secret id goes through `fingerprint()` first. */
export type LogFields = Readonly<Record<string, unknown>>;

// The second line of defence: no caller should log these at all.
const SECRET_KEYS = [
  "token",
  "secret",
  "capability",
  "capabilityKey",
  "playerSessionId",
  "joinToken",
  "reconnectSecret",
  "authorization",
];

/** A log of service `name` to standard error, from `level` up. */
export function createLog(name: string, level: LogLevel): Log {
  return pino(
    {
      base: { service: name },
      level,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err },
      redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`]), censor: "***" },
    },
    pino.destination({ fd: 2, sync: true }),
  );
}

/** A log that keeps nothing. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
