// Which addresses only this machine reaches.

const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\])$/;

/** Whether `address`, "host:port" or "unix:/path", is reached from this machine only. */
export function isLocalAddress(address: string): boolean {
  return address.startsWith("unix:/") || LOOPBACK.test(address.slice(0, address.lastIndexOf(":")));
}
