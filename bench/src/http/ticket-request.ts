// The ticket of this benchmark, as JSON: one player, some 250 bytes.

export function ticketBody(configuration: string, number: number): string {
  const digits = String(number).padStart(8, "0");
  return JSON.stringify({
    ...{ configuration, ticketId: `ticket_0123456789abcdef-${digits}` },
    players: [
      {
        playerId: `player-0123456789abcdef-${digits}`,
        attributes: { skill: 1_000 + (number % 1_000), mode: "ranked", maps: ["dust", "harbour"] },
        latenciesMs: { "eu-west": 18, "us-east": 92 },
      },
    ],
  });
}
