// Unix sockets of ours: a file that a killed server left behind gives way, and its owner alone may open the one that is served.
import { chmodSync, statSync, unlinkSync } from "node:fs";
import { connect } from "node:net";

/** The path of "unix:/path"; undefined for an address of another kind. */
export function socketPathOf(address: string): string | undefined {
  return address.startsWith("unix:/") ? address.slice("unix:".length) : undefined;
}

/** Removes a socket that nobody serves any more. Whatever else is at `path` stays, and listening fails over it. */
export async function clearStaleSocket(path: string): Promise<void> {
  if (!statSync(path, { throwIfNoEntry: false })?.isSocket()) return;
  const isServed = await new Promise<boolean>((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error) => resolve(!("code" in error && error.code === "ECONNREFUSED")));
  });
  if (!isServed) unlinkSync(path);
}

/** Whoever can open it can call: mode 0600. */
export function keepSocketPrivate(path: string): void {
  chmodSync(path, 0o600);
}
