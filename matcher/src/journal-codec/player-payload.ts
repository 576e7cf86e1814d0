// What a player brought to a ticket, as the bytes that a snapshot keeps: they are read when a match looks at the player.
import type { PlayerId } from "@muster/proto";
import type { TicketPlayer } from "../core/ticket.ts";

const NOTHING = new Uint8Array(0);

/** JSON `[attributes, latencies, team, data]`, without what is missing at its end; nothing for a player who brought nothing. */
export function encodePayload({ attributes, latenciesMs, team, data }: TicketPlayer): Uint8Array {
  const more = data === undefined ? (team === undefined ? [] : [team]) : [team ?? null, data];
  const json = JSON.stringify([attributes, latenciesMs, ...more]);
  return json === "[{},{}]" ? NOTHING : Buffer.from(json);
}

/** The player of whom `payload` was written. */
export function decodePayload(playerId: PlayerId, payload: Uint8Array): TicketPlayer {
  if (payload.length === 0) return { playerId, attributes: {}, latenciesMs: {}, team: undefined };
  const [attributes, latenciesMs, team, data] = JSON.parse(
    Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString(),
  ) as [TicketPlayer["attributes"], TicketPlayer["latenciesMs"], string | null | undefined, string | undefined];
  return { playerId, attributes, latenciesMs, team: team ?? undefined, ...(data === undefined ? {} : { data }) };
}
