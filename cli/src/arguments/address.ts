// Where a service is: from an option, the environment, or the usual port.
import { UsageError } from "./usage-error.ts";

/** @throws {UsageError} unless `text` is "host:port" or "unix:/path". */
export function parseServiceAddress(text: string): string {
  if (/^unix:.+$/.test(text)) return text;
  const port = Number(/^(?:\[[0-9a-fA-F:.]+\]|[^\s:/]+):(?<port>\d{1,5})$/.exec(text)?.groups?.port ?? Number.NaN);
  if (port >= 1 && port <= 65_535) return text;
  throw new UsageError(`Cannot read "${text}" as an address, such as 127.0.0.1:7410`);
}
