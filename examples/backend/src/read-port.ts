// Where the backend listens.

/** 7400 where `text` is absent or empty. @throws {RangeError} naming BACKEND_PORT unless it is a port, 0 to 65535. */
export function readPort(text: string | undefined): number {
  if (text === undefined || text.trim() === "") return 7_400;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new RangeError(`Cannot read BACKEND_PORT as a port from 0 to 65535: it is "${text}"`);
}
