// A session as messages of a snapshot, its document and what is remembered beside it, each read back when somebody asks.
import { invariant } from "@muster/kit";
import {
  type BattleSession,
  encodeMessage,
  type PlacementId,
  type PlayerId,
  type PlayerSession,
  type PlayerSessionId,
  readBattleSession,
  readEnum,
  readPlayerSession,
  readSessionChange,
  type SessionChange,
  type TicketId,
  writeBattleSession,
  writeEnum,
  writePlayerSession,
  writeSessionChange,
} from "@muster/proto";
import * as wire from "@muster/proto/journal-fleet";
import { SeatEndCause, BattleSession as WireBattle, PlayerSession as WireSeat } from "@muster/proto/session";
import type { AnsweredRequest, SeatMemory, SessionFold } from "../core/session.ts";
import { readRefusal, writeRefusal } from "../fact-wire.ts";
import { NO_TIME_MS } from "./fleet-columns.ts";

export function writeBattle(session: SessionFold): Uint8Array {
  return session instanceof StoredSession ? session.row.battle : encodeBattle(session.battle);
}

export function writeMemory(session: SessionFold): Uint8Array {
  return session instanceof StoredSession ? session.row.memory : encodeMemory(session);
}

/**
 * The session with its row in place of what the row is made of: smaller, and written again without work. For sessions that
 * are over.
 */
export function putSessionAway(session: SessionFold): StoredSession {
  if (session instanceof StoredSession) return session;
  const row = {
    battle: writeBattle(session),
    memory: writeMemory(session),
    isActivating: isActivating(session),
    seatIds: [...session.seats.keys()],
    seatExpiresMs: Float64Array.from(seatExpiriesMs(session)),
    requestIds: [...session.requests.keys()],
  };
  return new StoredSession(row, session);
}

export function isActivating(session: SessionFold): boolean {
  return session instanceof StoredSession ? session.row.isActivating : session.battle.state === "ACTIVATING";
}

export function seatIdsOf(session: SessionFold): Iterable<PlayerSessionId> {
  return session instanceof StoredSession ? session.row.seatIds : session.seats.keys();
}

export function requestIdsOf(session: SessionFold): Iterable<string> {
  return session instanceof StoredSession ? session.row.requestIds : session.requests.keys();
}

/** Of each remembered seat, in their order. */
export function seatExpiriesMs(session: SessionFold): Iterable<number> {
  if (session instanceof StoredSession) return session.row.seatExpiresMs;
  const expiries = new Map(session.battle.playerSessions.map((seat) => [seat.playerSessionId, seat.expiresAtMs]));
  return Array.from(session.seats.keys(), (id) => expiries.get(id) ?? NO_TIME_MS);
}

function encodeBattle(battle: BattleSession): Uint8Array {
  return encodeMessage(WireBattle, writeBattleSession(battle));
}

function encodeMemory({ changes, seats, requests }: SessionFold): Uint8Array {
  const filledSeats = createSeatTable();
  return encodeMessage(wire.SnapshotSessionMemory, {
    changes: changes.map(writeSessionChange),
    seats: Array.from(seats.values(), writeSeat),
    requests: Array.from(requests.values(), ({ bodyDigest, revision, filled, refusal }) => ({
      bodyDigest,
      revision,
      filled: filled && writeBattleSession({ ...filled, teams: [], properties: {}, data: "", playerSessions: [] }),
      seatPlaces: filled ? filled.playerSessions.map(filledSeats.placeOf) : [],
      refusal: refusal && writeRefusal(refusal),
    })),
    filledSeats: filledSeats.rows,
  });
}

/** Seats by value: those of a session are much the same after one fill and after the next. */
function createSeatTable() {
  const rows: WireSeat[] = [];
  const placesByBytes = new Map<string, number>();
  const places = new Map<PlayerSession, number>();
  return {
    rows,
    placeOf(seat: PlayerSession): number {
      const known = places.get(seat);
      if (known !== undefined) return known;
      const row = writePlayerSession(seat);
      const bytes = Buffer.from(encodeMessage(WireSeat, row)).toString("latin1");
      const place = placesByBytes.get(bytes) ?? rows.push(row) - 1;
      placesByBytes.set(bytes, place);
      places.set(seat, place);
      return place;
    },
  };
}

/** A session as a snapshot has it. */
export type SessionRow = {
  readonly battle: Uint8Array;
  readonly memory: Uint8Array;
  readonly isActivating: boolean;
  readonly seatIds: readonly PlayerSessionId[];
  readonly seatExpiresMs: Float64Array;
  readonly requestIds: readonly string[];
};

type Times = Pick<
  SessionFold,
  "placementId" | "activateByMs" | "closeByMs" | "seatsAddedAtVersion" | "unreachableSinceMs" | "endedAtMs"
>;

/**
 * A session of which the row is kept. Decoded once somebody asks, and the document apart from the memories. Its row is written
 * again as it was read.
 */
export class StoredSession implements SessionFold {
  readonly row: SessionRow;
  readonly placementId: PlacementId;
  readonly activateByMs: number;
  readonly closeByMs: number | undefined;
  readonly seatsAddedAtVersion: number;
  readonly unreachableSinceMs: number | undefined;
  readonly endedAtMs: number | undefined;
  /** Before every capture: its row is not what it becomes. */
  readonly ownedSince = -1;
  #battle: BattleSession | undefined;
  #memory: Memory | undefined;

  constructor(row: SessionRow, times: Times) {
    this.row = row;
    this.placementId = times.placementId;
    this.activateByMs = times.activateByMs;
    this.closeByMs = times.closeByMs;
    this.seatsAddedAtVersion = times.seatsAddedAtVersion;
    this.unreachableSinceMs = times.unreachableSinceMs;
    this.endedAtMs = times.endedAtMs;
  }

  readonly mayName = (playerId: PlayerId): boolean =>
    Buffer.from(this.row.memory).includes(playerId) || Buffer.from(this.row.battle).includes(playerId);

  get battle(): BattleSession {
    this.#battle ??= readBattleSession(WireBattle.decode(this.row.battle));
    return this.#battle;
  }
  get changes(): SessionChange[] {
    return this.#remembered.changes;
  }
  get seats(): Map<PlayerSessionId, SeatMemory> {
    return this.#remembered.seats;
  }
  get requests(): Map<string, AnsweredRequest> {
    return this.#remembered.requests;
  }
  get #remembered(): Memory {
    this.#memory ??= readMemory(this.row, this.battle);
    return this.#memory;
  }
}

type Memory = Pick<SessionFold, "changes" | "seats" | "requests">;

function readMemory(row: SessionRow, battle: BattleSession): Memory {
  const message = wire.SnapshotSessionMemory.decode(row.memory);
  const { seatIds, requestIds } = row;
  const isWhole = message.seats.length === seatIds.length && message.requests.length === requestIds.length;
  invariant(isWhole, "a session's memory and its columns go together");
  const filledSeats = message.filledSeats.map(readPlayerSession);
  return {
    changes: message.changes.map(readSessionChange),
    seats: new Map(message.seats.map((seat, index) => [seatIds[index] as PlayerSessionId, readSeat(seat)])),
    requests: new Map(
      message.requests.map(({ bodyDigest, revision, filled, seatPlaces, refusal }, index) => [
        requestIds[index] as string,
        {
          ...{ bodyDigest, revision, refusal: refusal && readRefusal(refusal) },
          filled: filled && readFilled(battle, filled, seatPlaces, filledSeats),
        },
      ]),
    ),
  };
}

function writeSeat(seat: SeatMemory): wire.SnapshotSeat {
  return {
    acceptIds: [...seat.acceptIds],
    reconnectSecret: seat.reconnectSecret ?? "",
    endCause: writeEnum(SeatEndCause, seat.endCause),
    playerId: seat.playerId,
    team: seat.team ?? "",
    ticketId: seat.ticketId ?? "",
    createdAtMs: seat.createdAtMs,
    endedAtMs: seat.endedAtMs ?? 0,
  };
}

// The casts give ids of our own snapshot their brand back.
function readSeat({ acceptIds, reconnectSecret, ...seat }: wire.SnapshotSeat): SeatMemory {
  const endCause = readEnum(SeatEndCause, seat.endCause);
  return {
    acceptIds,
    reconnectSecret: reconnectSecret || undefined,
    endCause,
    playerId: seat.playerId as PlayerId,
    team: seat.team || undefined,
    ticketId: (seat.ticketId || undefined) as TicketId | undefined,
    createdAtMs: seat.createdAtMs,
    endedAtMs: endCause === undefined ? undefined : seat.endedAtMs,
  };
}

function readFilled(
  { teams, properties, data }: BattleSession,
  filled: WireBattle,
  seatPlaces: readonly number[],
  filledSeats: readonly PlayerSession[],
): BattleSession {
  const playerSessions = seatPlaces.map((place) => {
    const seat = filledSeats[place];
    invariant(seat, "a seat that a fill names is in the table");
    return seat;
  });
  return { ...readBattleSession(filled), teams, properties, data, playerSessions };
}
