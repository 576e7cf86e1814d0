// Pools of tickets with queries, drawn from a seed.
import { createSeededRandom } from "@muster/kit";
import { checkQueryTicket, type QueryTicket, type WrittenQueryTicket } from "@muster/rules";

/** `mutual`: region, mode and a range of ranks, 840 kinds. `unique`: the same with ranks that hardly two share. `star`: everybody. */
export type PoolKind = "mutual" | "unique" | "star";

const REGIONS = ["eu-west", "eu-north", "us-east", "us-west", "asia", "japan", "oceania", "brazil"];
/** Skewed, as modes are. */
const MODES = ["ranked", "ranked", "ranked", "casual", "casual", "duel"];
const RANKS = 35;
const RANGE = 5;
const PLAYERS = 4;

/** Tickets of one player each for matches of four, as they are asked for, in the order of their arrival. */
export function writtenTickets(kind: PoolKind, tickets: number): readonly WrittenQueryTicket[] {
  const random = createSeededRandom(7);
  const below = (limit: number) => Math.floor(random.fraction() * limit);
  const pick = (values: readonly string[]) => values[below(values.length)] ?? "";
  return Array.from({ length: tickets }, (_, index) => {
    const [region, mode] = [pick(REGIONS), pick(MODES)];
    const rank = kind === "unique" ? below(RANKS * 1e6) / 1e6 : below(RANKS);
    const write = (value: number) => value.toFixed(kind === "unique" ? 6 : 0);
    const range = `+properties.rank:>=${write(rank - RANGE)} +properties.rank:<=${write(rank + RANGE)}`;
    return {
      ticketId: `t${index}`,
      query: kind === "star" ? "*" : `+properties.region:${region} +properties.mode:${mode} ${range}`,
      ...{ minCount: PLAYERS, maxCount: PLAYERS, countMultiple: undefined },
      ...{ sessions: [`s${index}`], partyId: "", createdAtMs: index, arrival: index },
      stringProperties: { region, mode },
      numericProperties: { rank },
    };
  });
}

export function readTickets(written: readonly WrittenQueryTicket[]): readonly QueryTicket[] {
  return written.map((one) => checkQueryTicket(one, { mode: "best" }));
}
