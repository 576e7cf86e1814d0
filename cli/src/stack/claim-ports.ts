// Ports that a set-up is to listen on: whoever holds some of them is told of once, with flags that would do instead.
import { MusterError } from "@muster/proto";
import { findFreePort, isPortFree } from "./free-port.ts";
import { findPortHolder } from "./port-holder.ts";

export type PortClaim = {
  readonly port: number;
  /** Who wants to listen there, as in "the matcher". */
  readonly who: string;
  /** What changes the port, if it is a flag; else it is in muster.json. */
  readonly flag?: string;
};

/** @throws {MusterError} SERVICE_NOT_READY naming all that are taken and who holds them. */
export async function claimPorts(claims: readonly PortClaim[]): Promise<void> {
  const free = await Promise.all(claims.map(({ port }) => isPortFree("127.0.0.1", port)));
  const taken = claims.filter((_, index) => !free[index]);
  if (taken.length === 0) return;
  const names = taken.map(({ port }) => findPortHolder(port) ?? "another program, perhaps another `muster dev`");
  const holders = [...new Set(names)];
  const flags = await Promise.all(
    taken.map(async ({ flag }) => (flag === undefined ? undefined : `${flag} ${await findFreePort()}`)),
  );
  const instead = [...new Set(flags.map((flag) => flag ?? "another in muster.json"))].join(" ");
  const [who, ports] = [listed(taken.map((one) => one.who)), listed(taken.map(({ port }) => String(port)))];
  const are = taken.length === 1 ? `port ${ports} is` : `ports ${ports} are`;
  const hold = holders.length === 1 ? "holds" : "hold";
  throw new MusterError(
    "SERVICE_NOT_READY",
    `Cannot start ${who} as ${are} taken: ${listed(holders)} ${hold} ${taken.length === 1 ? "it" : "them"}. Stop that, or choose ${instead}`,
  );
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
