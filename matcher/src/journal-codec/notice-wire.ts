// Requests that met another ticket of a player, and notices of a snapshot, as messages of muster.journal.v1.
import { invariant } from "@muster/kit";
import type { PlayerId, ServerSessionId, TicketId } from "@muster/proto";
import * as wire from "@muster/proto/journal-matcher";
import type { DuplicateNoted } from "../core/duplicate-players.ts";
import type { Notice, NoticeType } from "../core/events/notices.ts";
import type { TicketRejoined } from "../core/rejoin.ts";
import { readSeated, writeAddress, writeSeated } from "./match-wire.ts";

export function writeDuplicate({ type: _, playerIds, reason = "", ...rest }: DuplicateNoted): wire.DuplicateNoted {
  return { ...rest, playerIds: [...playerIds], reason };
}

export function readDuplicate(message: wire.DuplicateNoted): DuplicateNoted {
  const { ticketId, configuration, playerIds, outcome, reason, playerId, heldBy } = message;
  invariant(
    outcome === "REFUSED" || outcome === "SUPERSEDED" || outcome === "REJOINED",
    `the journal holds outcomes that this build knows: ${outcome}`,
  );
  return {
    ...{ type: "duplicate-noted", ticketId: ticketId as TicketId, configuration, outcome },
    ...{ playerIds: playerIds as PlayerId[], reason: reason || undefined },
    ...{ playerId: playerId as PlayerId, heldBy: heldBy as TicketId },
  };
}

export function writeRejoined({ type: _, ...fact }: TicketRejoined): wire.TicketRejoined {
  return { ...fact, address: writeAddress(fact.address), players: fact.players.map(writeSeated) };
}

export function readRejoined({
  ticketId,
  battleSessionId,
  address,
  region,
  players,
}: wire.TicketRejoined): TicketRejoined {
  return {
    ...{ type: "ticket-rejoined", ticketId: ticketId as TicketId, battleSessionId: battleSessionId as ServerSessionId },
    ...{ address, region, players: players.map(readSeated) },
  };
}

export function encodeNotice({ configuration = "", ...notice }: Notice): Uint8Array {
  return wire.KeptNotice.encode({ ...notice, configuration }).finish();
}

export function decodeNotice(bytes: Uint8Array): Notice {
  const { configuration, type, ...notice } = wire.KeptNotice.decode(bytes);
  return { ...notice, type: type as NoticeType, configuration: configuration || undefined };
}
