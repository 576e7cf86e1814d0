// The log of a simulated service: each line is seen, so that a checker can look for secrets in it.
import type { Log } from "@muster/service";
import type { Happening } from "../observation.ts";

export function createObservedLog(node: string, see: (happening: Happening) => void): Log {
  const write = (level: string) => (fields: Readonly<Record<string, unknown>>, message: string) =>
    see({ type: "log", node, text: `${level} ${message} ${describe(fields)}` });
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}

function describe(fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(fields, (_name, value: unknown) => (value instanceof Error ? value.message : value));
}
