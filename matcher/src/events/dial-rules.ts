// Where events may be sent: to public addresses over TLS, and to networks that whoever runs the matcher has allowed. A URL is a
// stranger's word, and so is what its host's name leads to: both are judged, the address at every dial.
import { BlockList, isIP } from "node:net";
import { limits } from "@muster/proto";
import { UrlRefused } from "./poster.ts";

export interface DialRules {
  /** The URL, as far as it tells by itself. @throws {UrlRefused} */
  checkUrl(url: string): URL;
  /** The address that `url` leads to. @throws {UrlRefused} */
  checkAddress(url: URL, address: string): void;
}

/** Ports below are other services' than HTTP's. */
const FREE_PORTS_FROM = 1_024;

/** Addresses that are not of the public internet, by the registries of special-purpose addresses. */
const SPECIAL: readonly string[] = [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"],
  ...["192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"],
  ...["224.0.0.0/4", "240.0.0.0/4"],
  ...["::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16"],
  ...["3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"],
];

/**
 * Rules that refuse what is not public, except `allowed`: networks such as "127.0.0.0/8", where http is allowed too.
 *
 * @throws {RangeError} for what is no network.
 */
export function createDialRules(allowed: readonly string[]): DialRules {
  const isSpecial = createNetworks(SPECIAL);
  const isAllowed = createNetworks(allowed);
  const checkAddress = (url: URL, address: string) => {
    if (isIP(address) === 0) throw new UrlRefused(`the host leads to no address: ${address}`);
    const bare = unmapped(address);
    if (isAllowed(bare)) return;
    if (isSpecial(bare)) throw new UrlRefused(`the host leads to a network that is not allowed: ${bare}`);
    if (url.protocol !== "https:") throw new UrlRefused("only https leads to networks that are not allowed by name");
  };
  return {
    checkUrl(text) {
      if (text.length > limits.EVENT_URL_CHARS_MAX) throw new UrlRefused(`the URL has ${text.length} characters`);
      if (!URL.canParse(text)) throw new UrlRefused("the text is no URL");
      const url = new URL(text);
      if (url.protocol !== "https:" && !(url.protocol === "http:" && allowed.length > 0)) {
        throw new UrlRefused(`the scheme is ${url.protocol.slice(0, -1)}, not https`);
      }
      if (url.username !== "" || url.password !== "") throw new UrlRefused("the URL has a user in it");
      if (text.includes("#")) throw new UrlRefused("the URL has a fragment");
      const isUsual = url.port === "" || Number(url.port) >= FREE_PORTS_FROM;
      if (!isUsual) throw new UrlRefused(`the port ${url.port} is another service's`);
      const literal = url.hostname.replace(/^\[|\]$/g, "");
      if (isIP(literal) !== 0) checkAddress(url, literal);
      return url;
    },
    checkAddress,
  };
}

/** An IPv4 address that is written as IPv6, as itself. */
function unmapped(address: string): string {
  const [, dotted] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (dotted !== undefined) return dotted;
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  const [one, other] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [one >> 8, one & 255, other >> 8, other & 255].join(".");
}

/** Whether an address is in one of the networks. One list a family: IPv4 would be looked for among IPv6 too. */
function createNetworks(networks: readonly string[]): (address: string) => boolean {
  const lists = { 4: new BlockList(), 6: new BlockList() };
  for (const network of networks) {
    const [, address = "", bits = ""] = /^([^/]+)\/(\d{1,3})$/.exec(network) ?? [];
    const family = isIP(address);
    if (family === 4) lists[4].addSubnet(address, Number(bits), "ipv4");
    else if (family === 6) lists[6].addSubnet(address, Number(bits), "ipv6");
    else throw new RangeError(`"${network}" is no network, such as 10.0.0.0/8`);
  }
  return (address) => (isIP(address) === 6 ? lists[6].check(address, "ipv6") : lists[4].check(address, "ipv4"));
}
