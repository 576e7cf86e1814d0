// How many players a legal roster takes at the least, and whether a pool has them: what ends a search before it begins where
// a crowd is still too small, or everybody asks for red and nobody may sit in blue. Such pools grow, and are looked at often.
import type { Candidate } from "./candidate.ts";
import type { Sizing } from "./team-sizes.ts";

/** Players that one team of the rule set lacks until its rooms can be legal. */
export type Need = {
  /** The team's name and those of its instances: what a player who may sit there asks for, if anything. */
  readonly names: ReadonlySet<string>;
  readonly players: number;
};

/** The least that must be added, by team. Bounds alone count: a rule may ask for more. */
export function needsOf({ teams, rooms }: Sizing): readonly Need[] {
  return teams.map((team) => {
    const inPlay = rooms.filter((room) => room.template === team && room.seated > 0);
    const toOpen = Math.max(0, team.minQuantity - inPlay.length);
    const lacking = inPlay.reduce((sum, room) => sum + Math.max(0, team.minPlayers - room.seated), 0);
    return { names: new Set([team.name, ...team.instances]), players: lacking + toOpen * team.minPlayers };
  });
}

/** Players of all needs together. */
export function totalOf(needs: readonly Need[]): number {
  return needs.reduce((sum, need) => sum + need.players, 0);
}

/** Players by the team that they ask for. */
export type Supply = Map<string | undefined, number>;

export function supplyOf(candidates: readonly Candidate[]): Supply {
  const supply: Supply = new Map();
  for (const candidate of candidates) add(supply, candidate, 1);
  return supply;
}

/** Takes the candidate out of the supply. */
export function takeFrom(supply: Supply, candidate: Candidate): void {
  add(supply, candidate, -1);
}

/** False only if no choice of players from the supply meets the needs. */
export function mayMeet(needs: readonly Need[], supply: Supply): boolean {
  const sumOf = (mayCount: (team: string | undefined) => boolean) => {
    let sum = 0;
    for (const [team, players] of supply) if (mayCount(team)) sum += players;
    return sum;
  };
  if (sumOf(() => true) < totalOf(needs)) return false;
  return needs.every((need) => sumOf((team) => team === undefined || need.names.has(team)) >= need.players);
}

function add(supply: Supply, candidate: Candidate, sign: 1 | -1): void {
  for (const { team, players } of candidate.groups) {
    supply.set(team, (supply.get(team) ?? 0) + sign * players.length);
  }
}
