// What neighbours feel of whoever sends what it should not: their calls beside bodies of a megabyte, each refused or taken, and
// without. The longest block of the server's event loop is told by the server.
import { limits } from "@muster/proto";
import { type Load, runLoad } from "../rpc/load.ts";
import { percentile } from "../rpc/statistics.ts";
import { openCaller } from "./post-json.ts";
import { ticketBody } from "./ticket-request.ts";

export const START_MATCHING = "/muster.matchmaking.v1.MatchmakingService/StartMatching";
const NEIGHBOURS: Load = { calls: 2_000, inFlight: 8 };
const REFUSED = [200, 400, 413] as const;

const megabyte = (head: string, item: (index: number) => string, tail: string) => {
  const count = Math.floor((limits.MESSAGE_BYTES_MAX - head.length - tail.length) / (item(99_999).length + 1));
  return head + Array.from({ length: count }, (_, index) => item(index)).join() + tail;
};
const keys = (count: number) => Array.from({ length: count }, (_, index) => `"r${index}":1`).join();

const attacks: Readonly<Record<string, string>> = {
  lists: "[".repeat(1_000_000),
  keys: megabyte('{"players":[{"attributes":{', (index) => `"a${index}":1`, "}}]}"),
  players: megabyte('{"players":[', () => "{}", "]}"),
  unknown: megabyte("{", (index) => `"u${index}":1`, "}"),
  text: `{"ticketId":"${"x".repeat(limits.MESSAGE_BYTES_MAX - 40)}"}`,
  allowedValues: `{"players":[${"{},".repeat(7_400)}{}]}`,
  allowedKeys: `{"players":[${Array.from({ length: 100 }, () => `{"latenciesMs":{${keys(64)}}}`).join()}]}`,
};

export type Hostile = {
  readonly quietP99Ms: number;
  /** By attack. */
  readonly attackedP99Ms: Readonly<Record<string, number>>;
  readonly longestBlockMs: Readonly<Record<string, number>>;
};

/** Each attack in turn, two callers sending one body after another as fast as they are answered. */
export async function measureHostile(address: string): Promise<Hostile> {
  using neighbours = openCaller(address, NEIGHBOURS.inFlight);
  using attacker = openCaller(address, 2);
  const p99Of = async () => {
    const call = (index: number) => neighbours.post(START_MATCHING, ticketBody("duel", index));
    return percentile((await runLoad(NEIGHBOURS, call)).latenciesMs, 0.99);
  };
  const longestBlock = async () => {
    const response = await fetch(`http://${address}/loop`);
    return ((await response.json()) as { readonly longestMs: number }).longestMs;
  };
  await p99Of(); // Code gets hot.
  const quietP99Ms = await p99Of();
  const [attackedP99Ms, longestBlockMs]: Record<string, number>[] = [{}, {}];
  for (const [name, body] of Object.entries(attacks)) {
    await longestBlock();
    let over = false;
    const attack = async () => {
      while (!over) await attacker.post(START_MATCHING, body, REFUSED);
    };
    const attacking = [attack(), attack()];
    if (attackedP99Ms) attackedP99Ms[name] = await p99Of();
    over = true;
    await Promise.all(attacking);
    if (longestBlockMs) longestBlockMs[name] = await longestBlock();
  }
  return { quietP99Ms, attackedP99Ms: attackedP99Ms ?? {}, longestBlockMs: longestBlockMs ?? {} };
}
