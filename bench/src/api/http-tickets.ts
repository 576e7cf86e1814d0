// Tickets as JSON, and configurations in which none of them is ever matched.
const MATCH_PLAYERS = 1_000;
export const ROUNDS = { warmUps: 3, rounds: 11 };

export const config = {
  fleets: [{ name: "none", command: ["node"], processes: 0 }],
  queues: [{ name: "none", destinations: ["none"] }],
  ruleSets: {
    crowd: {
      version: "v1.0",
      playerAttributes: [{ name: "skill", type: "number" }],
      teams: [{ name: "all", minPlayers: MATCH_PLAYERS, maxPlayers: MATCH_PLAYERS }],
    },
  },
  configurations: Array.from({ length: ROUNDS.warmUps + ROUNDS.rounds }, (_, block) => ({
    ...{ name: configurationOf(block), ruleSet: "crowd", queue: "none", requestTimeoutSeconds: 600 },
  })),
};

export function configurationOf(block: number): string {
  return `crowd-${block}`;
}

export function ticketJson(configuration: string, number: number): string {
  const attributes = { skill: 1_000 + (number % 1_000), rank: "diamond", maps: ["dust", "harbour", "canyon"] };
  const player = { playerId: `player-${number}`, attributes, latenciesMs: { "eu-west": 18, "us-east": 92 } };
  return JSON.stringify({ configuration, ticketId: `ticket-${number}`, players: [player] });
}
