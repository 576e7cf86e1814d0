// Tickets as JSON, and configurations in which none of them is ever matched.
import { crowdConfig } from "../rpc/crowd-config.ts";

const MATCH_PLAYERS = 1_000;
export const ROUNDS = { warmUps: 3, rounds: 11 };

export const config = crowdConfig({
  count: ROUNDS.warmUps + ROUNDS.rounds,
  players: MATCH_PLAYERS,
  requestTimeoutSeconds: 600,
});

export function ticketJson(configuration: string, number: number): string {
  const attributes = { skill: 1_000 + (number % 1_000), rank: "diamond", maps: ["dust", "harbour", "canyon"] };
  const player = { playerId: `player-${number}`, attributes, latenciesMs: { "eu-west": 18, "us-east": 92 } };
  return JSON.stringify({ configuration, ticketId: `ticket-${number}`, players: [player] });
}
