// Players whose client started anew while they sit in a battle: it asks to be matched again, and is led back where that is the rule.
import { type MatchmakingServiceDefinition, noProperties, type Player, TicketState } from "@muster/proto/matchmaking";
import type { Client } from "@muster/proto/rpc";
import type { Chance } from "../engine/chance.ts";

export type ComingBackParts = {
  readonly chance: Chance;
  readonly matching: Client<typeof MatchmakingServiceDefinition>;
  readonly bring: (playerId: string) => Player;
  readonly patiently: <Value>(ask: () => Promise<Value>) => Promise<Value>;
  readonly sleep: (ms: number) => Promise<void>;
};

/** After a while, as long as a battle may last; what is not led back is called off, as nobody waits for it. */
export async function comeBack(
  party: { readonly ticketId: string; readonly configuration: string; readonly players: readonly string[] },
  { chance, matching, bring, patiently, sleep }: ComingBackParts,
): Promise<void> {
  await sleep(chance.wait(6_000));
  const ticketId = `${party.ticketId}.back`;
  const players = party.players.map(bring);
  const request = { ...noProperties, ticketId, configuration: party.configuration, players };
  const { ticket } = await patiently(() => matching.startMatching(request));
  if (ticket?.state === TicketState.SEARCHING) await patiently(() => matching.cancelMatching({ ticketId }));
}
